'use strict';
(() => {
  // Everything below writes texts as text; nothing of a run becomes markup or code.
  const { steps } = JSON.parse(document.getElementById('data').textContent);
  const panel = document.getElementById('panel');
  const heading = document.getElementById('panel-heading');
  const search = document.getElementById('search');
  const found = document.getElementById('found');
  const graph = document.getElementById('graph');
  const nodes = [...graph.querySelectorAll('[data-step]')];
  const marked = [...document.querySelectorAll('.linked [data-step]')];
  const links = [...graph.querySelectorAll('[data-from]')];
  const known = (name) => Object.hasOwn(steps, name);
  const nodeOf = (name) => nodes.find((node) => node.dataset.step === name);
  let chosen = null;

  const mark = (name, look) => {
    for (const part of marked) part.classList.toggle(look, part.dataset.step === name);
    if (look !== 'lit') return;
    for (const link of links) {
      const touches = link.dataset.from === name || link.dataset.to === name;
      link.classList.toggle('lit', touches);
    }
  };

  const make = (tag, text) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const row = (list, term, ...content) => {
    const told = make('dd');
    told.dir = 'auto';
    told.append(...content);
    list.append(make('dt', term), told);
  };

  const buttons = (names) => names.map((name) => {
    const button = make('button', steps[name].id);
    button.type = 'button';
    button.addEventListener('click', () => choose(name));
    return button;
  });

  function choose(name, follow = true) {
    chosen = name;
    mark(name, 'chosen');
    mark(name, 'lit');
    for (const node of nodes) node.tabIndex = node.dataset.step === name ? 0 : -1;
    const step = steps[name];
    const list = make('dl');
    list.className = 'step';
    if (step.status) row(list, 'status', step.status);
    for (const [term, text] of step.fields) row(list, term, make('pre', text));
    if (step.needs.length) row(list, 'needs', ...buttons(step.needs));
    if (step.feeds.length) row(list, 'needed by', ...buttons(step.feeds));
    heading.textContent = step.id;
    panel.replaceChildren(list);
    if (follow) nodeOf(name)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    history.replaceState(null, '', `#${name}`);
  }

  function leave() {
    chosen = null;
    mark(null, 'chosen');
    mark(null, 'lit');
    heading.textContent = 'Step';
    panel.replaceChildren(make('p', panel.dataset.hint));
    history.replaceState(null, '', '#');
  }

  const stepOf = (event) => {
    const name = event.target.closest?.('.linked [data-step]')?.dataset.step;
    return name !== undefined && known(name) ? name : null;
  };

  document.addEventListener('mouseover', (event) => {
    mark(stepOf(event) ?? chosen, 'lit');
  });
  document.addEventListener('focusin', (event) => {
    const name = stepOf(event);
    if (name) mark(name, 'lit');
  });
  document.addEventListener('click', (event) => {
    const name = stepOf(event);
    if (name) choose(name);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      search.value = '';
      filter();
      leave();
    }
  });

  // In the graph: along the lines to the left and right, in plan order up and down.
  const towards = (name, key) => {
    const at = nodes.findIndex((node) => node.dataset.step === name);
    if (key === 'ArrowRight') return steps[name].feeds[0];
    if (key === 'ArrowLeft') return steps[name].needs[0];
    if (key === 'ArrowDown') return nodes[at + 1]?.dataset.step;
    if (key === 'ArrowUp') return nodes[at - 1]?.dataset.step;
    return undefined;
  };
  graph.addEventListener('keydown', (event) => {
    const name = stepOf(event);
    if (!name) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose(name);
      return;
    }
    const next = towards(name, event.key);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
    nodeOf(next)?.focus();
  });
  for (const node of nodes) {
    node.setAttribute('role', 'button');
    node.tabIndex = -1;
  }
  if (nodes.length) nodes[0].tabIndex = 0;

  const texts = new Map(Object.entries(steps).map(([name, step]) => [
    name,
    [step.id, step.status, ...step.fields.flat()].join('\n').toLowerCase(),
  ]));
  function filter() {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const text of texts.values()) if (text.includes(wanted)) count += 1;
    for (const part of marked) {
      const missed = !(texts.get(part.dataset.step) ?? '').includes(wanted);
      if (part.tagName === 'TR') part.hidden = missed;
      else part.classList.toggle('missed', missed);
    }
    found.textContent = wanted ? `${count} of ${texts.size} steps` : '';
  }
  search.addEventListener('input', filter);

  for (const button of document.querySelectorAll('button.tool')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const fitted = document.getElementById(button.dataset.fits).classList.toggle('fitted');
      button.setAttribute('aria-pressed', String(fitted));
    });
  }
  search.closest('.head').hidden = false;

  const asked = location.hash.slice(1);
  if (known(asked)) choose(asked);
  else leave();
})();
