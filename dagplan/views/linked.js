'use strict';
// Links the parts of a page: a step that is pointed at or chosen in the graph, the
// timeline or the table is marked in the others, and a panel tells all that is known of
// it. Everything here writes texts as text; nothing of a run becomes markup or code.
class Linked {
  constructor() {
    this.panel = document.getElementById('panel');
    this.heading = document.getElementById('panel-heading');
    this.graph = document.getElementById('graph');
    this.steps = {};
    this.chosen = null;
    this.listen();
  }

  // Takes the steps of a page whose parts were drawn, or drawn anew.
  show(steps) {
    this.steps = steps;
    this.nodes = new Map();
    for (const node of this.graph.querySelectorAll('[data-step]')) {
      node.setAttribute('role', 'button');
      node.tabIndex = -1;
      this.nodes.set(node.dataset.step, node);
    }
    this.marked = [...document.querySelectorAll('.linked [data-step]')];
    this.links = [...this.graph.querySelectorAll('[data-from]')];
    const reached = this.nodes.get(this.chosen) ?? this.nodes.values().next().value;
    if (reached) reached.tabIndex = 0;
    this.texts = new Map(Object.entries(steps).map(([name, step]) => [
      name,
      [step.id, step.status, ...step.fields.flat()].join('\n').toLowerCase(),
    ]));
    for (const button of document.querySelectorAll('button.tool')) {
      button.hidden = !document.getElementById(button.dataset.fits).firstChild;
    }
    if (this.chosen) this.mark(this.chosen, 'chosen');
    this.search = document.getElementById('search');
    this.search.closest('.head').hidden = false;
    // A browser that loads a page again keeps what was written there.
    if (this.search.value) this.filter();
  }

  openAsked() {
    const asked = location.hash.slice(1);
    if (this.knows(asked)) this.choose(asked);
    else this.leave();
  }

  knows(name) {
    return Object.hasOwn(this.steps, name);
  }

  mark(name, look) {
    for (const part of this.marked) part.classList.toggle(look, part.dataset.step === name);
    if (look !== 'lit') return;
    for (const link of this.links) {
      const touches = link.dataset.from === name || link.dataset.to === name;
      link.classList.toggle('lit', touches);
    }
  }

  choose(name, follow = true) {
    this.chosen = name;
    this.mark(name, 'chosen');
    this.mark(name, 'lit');
    for (const [each, node] of this.nodes) node.tabIndex = each === name ? 0 : -1;
    this.tell(name);
    if (follow) this.nodes.get(name)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    history.replaceState(null, '', `#${name}`);
  }

  // Shows all that is known of a step.
  tell(name) {
    const step = this.steps[name];
    const list = make('dl');
    list.className = 'step';
    if (step.status) row(list, 'status', step.status);
    for (const [term, text] of step.fields) row(list, term, make('pre', text));
    if (step.needs.length) row(list, 'needs', ...this.buttons(step.needs));
    if (step.feeds.length) row(list, 'needed by', ...this.buttons(step.feeds));
    if (this.heading.textContent !== step.id) this.heading.textContent = step.id;
    this.panel.replaceChildren(list);
  }

  leave() {
    this.chosen = null;
    this.mark(null, 'chosen');
    this.mark(null, 'lit');
    this.heading.textContent = 'Step';
    this.panel.replaceChildren(make('p', this.panel.dataset.hint));
    history.replaceState(null, '', '#');
  }

  buttons(names) {
    return names.map((name) => {
      const button = make('button', this.steps[name].id);
      button.type = 'button';
      button.addEventListener('click', () => this.choose(name));
      return button;
    });
  }

  stepOf(event) {
    const name = event.target.closest?.('.linked [data-step]')?.dataset.step;
    return name !== undefined && this.knows(name) ? name : null;
  }

  listen() {
    document.addEventListener('mouseover', (event) => {
      this.mark(this.stepOf(event) ?? this.chosen, 'lit');
    });
    document.addEventListener('focusin', (event) => {
      const name = this.stepOf(event);
      if (name) this.mark(name, 'lit');
    });
    document.addEventListener('click', (event) => {
      const name = this.stepOf(event);
      if (name) this.choose(name);
      const button = event.target.closest?.('button.tool');
      if (button) fit(button);
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.search.value = '';
      this.filter();
      this.leave();
    });
    document.addEventListener('input', (event) => {
      if (event.target === this.search) this.filter();
    });
    this.graph.addEventListener('keydown', (event) => this.walk(event));
  }

  walk(event) {
    const name = this.stepOf(event);
    if (!name) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.choose(name);
      return;
    }
    const next = this.towards(name, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.choose(next);
    this.nodes.get(next)?.focus();
  }

  // In the graph: along the lines to the left and right, in plan order up and down.
  towards(name, key) {
    const names = [...this.nodes.keys()];
    const at = names.indexOf(name);
    if (key === 'ArrowRight') return this.steps[name].feeds[0];
    if (key === 'ArrowLeft') return this.steps[name].needs[0];
    if (key === 'ArrowDown') return names[at + 1];
    if (key === 'ArrowUp') return names[at - 1];
    return undefined;
  }

  filter() {
    const wanted = this.search.value.trim().toLowerCase();
    let count = 0;
    for (const text of this.texts.values()) if (text.includes(wanted)) count += 1;
    for (const part of this.marked) {
      const missed = !(this.texts.get(part.dataset.step) ?? '').includes(wanted);
      if (part.tagName === 'TR') part.hidden = missed;
      else part.classList.toggle('missed', missed);
    }
    const said = wanted ? `${count} of ${this.texts.size} steps` : '';
    document.getElementById('found').textContent = said;
  }
}

function make(tag, text) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  return made;
}

function row(list, term, ...content) {
  const told = make('dd');
  told.dir = 'auto';
  told.append(...content);
  list.append(make('dt', term), told);
}

function fit(button) {
  const fitted = document.getElementById(button.dataset.fits).classList.toggle('fitted');
  button.setAttribute('aria-pressed', String(fitted));
}
