'use strict';
// Keeps the page of a run as its events say. Each event changes what is drawn; where the
// plan itself changes, the server draws it anew. Changes wait for the next frame, so
// that however many events come, each frame is drawn once.
class Live {
  constructor(page) {
    this.page = page;
    this.over = page.over;
    this.run = `/runs/${page.run}`;
    this.linked = new LiveLinked(this);
    this.asked = new Asked(this.run);
    this.graph = new Graph(document.getElementById('graph'));
    this.queue = [];
    this.state = new Map(); // by id of a step: what the events have told of it
    this.items = new Map(); // by id of a step: how many of its items are over
    this.changed = new Set();
    this.began = performance.now() - page.elapsed * 1000;
    this.stale = { graph: false, table: false, timeline: false };
    this.hurry = () => {};
    this.adopt(page);
    for (const [id, since] of Object.entries(page.since)) {
      this.state.set(id, { status: 'running', since, seq: -1 });
    }
    this.linked.openAsked();
    this.count();
  }

  // Takes the steps of a picture that was just drawn or loaded.
  adopt({ steps, keys, seen }) {
    const chosen = this.keys?.[this.linked.chosen];
    this.keys = keys;
    this.names = new Map(Object.entries(keys).map(([name, key]) => [key, name]));
    this.linked.show(steps);
    this.rows = new Map();
    for (const row of document.querySelectorAll('#table tr[data-step]')) {
      this.rows.set(row.dataset.step, row);
    }
    for (const [id, step] of this.state) {
      if (step.seq >= seen) this.changed.add(id);
      else if (step.status !== 'running') this.state.delete(id);
    }
    const timeline = document.getElementById('timeline');
    // Of many steps it is drawn at the end.
    if (!this.over && this.names.size > MOST_ROWS) timeline.replaceChildren();
    timeline.closest('section').hidden = !timeline.firstChild;
    if (chosen !== undefined) {
      const name = this.names.get(chosen);
      if (name) this.linked.choose(name, false);
      else this.linked.leave();
    }
  }

  watch() {
    this.tick();
    const source = new EventSource(`${this.run}/events?from=${this.page.seen}`);
    const connection = document.getElementById('connection');
    source.onopen = () => { connection.textContent = ''; };
    source.onerror = () => {
      const gone = source.readyState === EventSource.CLOSED;
      connection.textContent = gone
        ? 'The server does not answer; this is how the run stood.'
        : 'Connection lost; connecting again.';
    };
    source.onmessage = (message) => {
      this.take({ ...JSON.parse(message.data), seq: Number(message.lastEventId) });
    };
    source.addEventListener('asked', (message) => this.asked.show(JSON.parse(message.data)));
    source.addEventListener('over', (message) => {
      source.close();
      this.finish(JSON.parse(message.data));
    });
  }

  take(event) {
    // The page took some time to come.
    this.began = Math.min(this.began, performance.now() - event.at * 1000);
    this.queue.push(event);
    this.soon();
  }

  soon() {
    if (this.awaited) return;
    this.awaited = true;
    frame().then(() => {
      this.awaited = false;
      this.draw();
    });
  }

  draw() {
    let answer = '';
    for (const event of this.queue.splice(0)) {
      if (event.unsaid) {
        answer = '';
        document.getElementById('answer').replaceChildren();
      }
      if (event.answer) answer += event.answer;
      if (event.plan) this.redraw(event.plan === 'stands');
      if (event.news) this.tell(event);
      if (event.step !== undefined) this.follow(event);
    }
    if (answer) this.say(answer);
    const changed = [...this.changed];
    this.changed.clear();
    for (const id of changed) this.paint(id);
    if (!changed.length) return;
    this.count();
    this.redrawTimeline();
  }

  // Takes what an event says of a step, or of an item of one.
  follow(event) {
    const [id, item] = event.step.split('[');
    if (item !== undefined) {
      if (ENDS.has(event.status)) this.items.set(id, (this.items.get(id) ?? 0) + 1);
      this.changed.add(id);
      return;
    }
    const step = this.state.get(id) ?? {};
    const status = event.status ?? step.status;
    if (status === 'running' && step.status !== 'running') step.since = event.at;
    if (event.items != null) {
      this.items.set(id, 0);
      step.items = event.items;
    }
    if (event.attempt) step.attempt = event.attempt;
    step.took = ENDS.has(status) && step.since !== undefined ? event.at - step.since : null;
    this.state.set(id, { ...step, status, seq: event.seq });
    this.changed.add(id);
  }

  paint(id) {
    const name = this.names.get(id);
    const step = this.state.get(id);
    if (name === undefined || step === undefined) return;
    const record = this.linked.steps[name];
    if (record.status !== step.status) {
      record.status = step.status;
      if (this.linked.chosen === name) this.linked.fresh(name);
    }
    const node = this.linked.nodes.get(name);
    if (node) this.paintNode(node, record, id, step);
    this.graph.touch(id);
    const row = this.rows.get(name);
    if (row) this.paintRow(row, step);
  }

  paintNode(node, record, id, step) {
    node.classList.remove(...Object.keys(this.page.signs));
    node.classList.add(step.status);
    this.paintSign(node.querySelector('.sign'), step.status);
    const label = `${record.id}, ${words(step.status)}`;
    node.setAttribute('aria-label', label);
    const title = node.querySelector('title');
    const [, ...rest] = title.textContent.split('\n');
    title.textContent = [label, ...rest].join('\n');
    this.paintAside(node, id, step);
  }

  paintSign(sign, status) {
    if (!sign) return;
    sign.setAttribute('d', this.page.signs[status]);
    sign.classList.toggle('filled', this.page.filled.includes(status));
  }

  paintAside(node, id, step) {
    const aside = node.querySelector('.aside');
    if (!aside) return;
    const done = this.items.get(id);
    const parts = [];
    if (step.attempt > 1) parts.push(`↻${step.attempt}`);
    if (done !== undefined && !ENDS.has(step.status)) {
      parts.push(step.items === undefined ? `${done}` : `${done}/${step.items}`);
    } else if (step.took != null) parts.push(duration(step.took));
    else if (step.status === 'running') parts.push(ticking(this.now() - step.since));
    aside.textContent = parts.join(' ');
  }

  paintRow(row, step) {
    const [, status, began, took, attempts] = row.cells;
    const svg = status.querySelector('svg');
    if (svg) {
      svg.firstElementChild.setAttribute('class', step.status);
      this.paintSign(svg.querySelector('.sign'), step.status);
      status.replaceChildren(svg, words(step.status));
    }
    if (step.since !== undefined) began.textContent = duration(step.since);
    took.textContent = step.took == null ? '' : duration(step.took);
    if (step.attempt !== undefined) attempts.textContent = step.attempt;
  }

  // Seconds of the run.
  now() {
    return (performance.now() - this.began) / 1000;
  }

  // Moves what shows passing time, for as long as there is some.
  tick() {
    if (this.ticking || this.over) return;
    this.ticking = true;
    const again = () => {
      this.ticking = !this.over;
      if (this.over) return;
      document.getElementById('clock').textContent = ticking(this.now());
      for (const [id, step] of this.state) {
        const node = step.status === 'running' && this.linked.nodes.get(this.names.get(id));
        if (node) this.paintAside(node, id, step);
      }
      pause(200).then(frame).then(again);
    };
    again();
  }

  // Says where the run stands, at most once a second: it is read out as well.
  count() {
    if (this.counting) {
      this.recount = true;
      return;
    }
    this.counting = true;
    this.recount = false;
    const statuses = Object.values(this.linked.steps).map((step) => step.status);
    const of = (wanted) => statuses.filter((status) => status === wanted).length;
    const parts = [`${of('succeeded')} of ${statuses.length} steps done`];
    for (const status of ['running', 'parked', 'in_doubt', 'failed', 'skipped', 'cancelled']) {
      if (of(status)) parts.push(`${of(status)} ${words(status)}`);
    }
    document.getElementById('counts').textContent = statuses.length ? parts.join(', ') : '';
    const status = document.getElementById('status');
    if (!this.over) status.textContent = statuses.length ? 'running' : 'planning';
    setTimeout(() => {
      this.counting = false;
      if (this.recount) this.count();
    }, 1000);
  }

  say(text) {
    const box = document.getElementById('answer');
    let answer = box.querySelector('.answer');
    if (!answer) {
      answer = make('p');
      answer.className = 'answer';
      answer.dir = 'auto';
      box.replaceChildren(answer);
      text = text.trimStart();
    }
    answer.append(text);
  }

  tell(event) {
    const list = document.getElementById('news');
    const line = make('li');
    line.dir = 'auto';
    line.append(make('time', duration(event.at)), ` ${event.news}`);
    list.append(line);
    if (list.childElementCount > MOST_NEWS) list.firstElementChild.remove();
    document.getElementById('news-section').hidden = false;
  }

  // Has the plan drawn anew. While it is drawn nothing is asked for twice, and afterwards
  // as much time is left to everything else.
  async redraw(stands) {
    this.stale.graph = true;
    this.stale.table ||= stands;
    if (stands) this.hurry();
    if (this.redrawing) return;
    this.redrawing = true;
    while (this.stale.graph && !this.over) {
      const began = performance.now();
      const table = this.stale.table;
      this.stale.graph = this.stale.table = false;
      const drawn = await fetched(`${this.run}/graph${table ? '?table=1' : ''}`);
      if (drawn === null || this.over) break;
      await this.replace(drawn, drawn.table === null ? [] : ['table']);
      const hurried = new Promise((done) => { this.hurry = done; });
      if (!this.stale.table) await Promise.race([pause(performance.now() - began), hurried]);
    }
    this.redrawing = false;
  }

  // Has the timeline drawn anew, once in a while; that of many steps only at the end.
  async redrawTimeline() {
    this.stale.timeline = true;
    if (this.timing || this.names.size > MOST_ROWS) return;
    this.timing = true;
    while (this.stale.timeline && !this.over) {
      this.stale.timeline = false;
      await pause(1000);
      const drawn = await fetched(`${this.run}/timeline`);
      if (drawn === null || this.over) break;
      await frame();
      await place(document.getElementById('timeline'), drawn.timeline);
      document.getElementById('timeline').closest('section').hidden = false;
      this.linked.show(this.linked.steps);
    }
    this.timing = false;
  }

  // Puts a new picture and other parts in place, no more in a frame than it has time for.
  async replace(drawn, parts) {
    await this.graph.show(drawn.graph, drawn.keys);
    const refocus = [];
    for (const part of parts) {
      await frame();
      refocus.push(this.focusedRow());
      await place(document.getElementById(part), drawn[part]);
    }
    await frame();
    this.adopt(drawn);
    for (const again of refocus) again();
    this.count();
    this.soon();
  }

  // Returns what gives the focus back to the row that has it, once it is another one.
  focusedRow() {
    const row = document.activeElement?.closest('#table tr[data-step]');
    const key = this.keys[row?.dataset.step];
    return () => {
      if (row?.isConnected !== false || document.activeElement !== document.body) return;
      const again = this.rows.get(this.names.get(key))?.querySelector('button');
      again?.focus({ preventScroll: true });
    };
  }

  // Shows all of a run that is over, a part in each frame.
  async finish({ trouble }) {
    this.over = true;
    this.draw();
    const drawn = await fetched(`${this.run}/parts`);
    document.getElementById('cancel').hidden = true;
    this.asked.show([]);
    document.getElementById('clock').textContent = '';
    document.getElementById('status').textContent = 'over';
    const alert = document.getElementById('trouble');
    alert.textContent = trouble;
    alert.hidden = !trouble;
    if (drawn === null) return;
    await this.replace(drawn, ['facts', 'answer', 'figures', 'next', 'timeline', 'table', 'revisions']);
    this.counting = false;
    this.count();
    document.getElementById('status').textContent = drawn.outcome || 'over';
    this.report(drawn);
  }

  // Tells a page that shows this one beside another how the run ended.
  report({ outcome, took }) {
    document.body.dataset.over = 'true';
    const said = { run: this.page.run, outcome, took };
    if (window.parent !== window) window.parent.postMessage(said, location.origin);
  }
}

const ENDS = new Set(['succeeded', 'failed', 'skipped', 'cancelled']);
const MOST_NEWS = 200;
const MOST_ROWS = 60;

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

(() => {
  const live = new Live(JSON.parse(document.getElementById('data').textContent));
  document.body.classList.toggle('framed', window.parent !== window);
  document.getElementById('cancel').addEventListener('submit', async (event) => {
    event.preventDefault();
    document.getElementById('connection').textContent = await sent(`${live.run}/cancel`, {});
  });
  if (live.over) live.report(live.page);
  else live.watch();
})();
