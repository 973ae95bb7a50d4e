'use strict';
// Puts what the server has drawn in its place, no more in a frame than it has time for.
const BOXES_A_FRAME = 50;
const ROWS_A_FRAME = 50;

// A page that nobody sees gets no frames, or few.
const frame = () => new Promise((done) => {
  requestAnimationFrame(done);
  setTimeout(done, 100);
});

// The picture of the plan: what is the same in a new one stays, and only moves.
class Graph {
  constructor(place) {
    this.place = place;
    this.drawn = new Map(); // by id of a step: its box, and the markup it was made of
  }

  async show({ width, height, label, lines, boxes, rest }, keys) {
    const svg = this.place.querySelector('svg');
    const [ground, layers] = svg.children;
    for (const sized of [svg, ground]) {
      sized.setAttribute('width', width);
      sized.setAttribute('height', height);
    }
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('aria-label', label);
    const [linesLayer, boxesLayer, restLayer] = layers.children;
    linesLayer.replaceChildren(...parsed(lines));
    restLayer.replaceChildren(...parsed(rest));
    const wanted = Object.entries(boxes).map(([name, [where, markup]]) => ({ key: keys[name], where, markup }));
    await this.change(boxesLayer, wanted);
    // In plan order, which is that of the keyboard and of who has it read out.
    let next = boxesLayer.firstElementChild;
    for (const { key } of wanted) {
      const { box } = this.drawn.get(key);
      if (box === next) next = next.nextElementSibling;
      else boxesLayer.insertBefore(box, next);
    }
    while (next) {
      const gone = next;
      next = next.nextElementSibling;
      gone.remove();
    }
  }

  // Moves boxes that are the same, and makes the others, a few in a frame.
  async change(layer, wanted) {
    const before = this.drawn;
    const old = new Map([...layer.children].map((box) => [box.firstElementChild.dataset.step, box]));
    this.drawn = new Map();
    const changed = [];
    for (const one of wanted) {
      const known = before.get(one.key);
      if (known?.markup !== one.markup) changed.push(one);
      else {
        known.box.setAttribute('transform', one.where);
        this.drawn.set(one.key, known);
      }
    }
    for (let at = 0; at < changed.length; at += BOXES_A_FRAME) {
      if (at) await frame();
      const some = changed.slice(at, at + BOXES_A_FRAME);
      const wrapped = some.map(({ where, markup }) => `<g class="place" transform="${where}">${markup}</g>`);
      parsed(wrapped.join('')).forEach((box, index) => {
        const { key, markup } = some[index];
        const step = box.firstElementChild;
        const known = before.get(key)?.box ?? old.get(step.dataset.step);
        this.drawn.set(key, { box, markup });
        exchange(layer, known, box);
      });
    }
  }

  // Says that a box is not what it was made of any more.
  touch(key) {
    const known = this.drawn.get(key);
    if (known) known.markup = null;
  }
}

// Puts a new box in the place of an old one, and the focus where it was.
function exchange(layer, old, box) {
  const step = box.firstElementChild;
  step.setAttribute('role', 'button');
  step.tabIndex = old?.firstElementChild.tabIndex ?? -1;
  const focused = old?.contains(document.activeElement);
  if (old?.parentElement === layer) old.replaceWith(box);
  else layer.append(box);
  if (focused) step.focus({ preventScroll: true });
}

// Elements of SVG from markup that the server wrote.
function parsed(markup) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${markup}</svg>`;
  return [...new DOMParser().parseFromString(svg, 'text/html').body.firstElementChild.children];
}

// Puts markup of the server in a place. Of a table that is there the rows alone change, a
// few at a time: what is around them is the same, and may be in use.
async function place(part, markup) {
  const found = new DOMParser().parseFromString(markup, 'text/html').body;
  const fresh = found.querySelector('tbody');
  const rows = fresh ? [...fresh.children] : [];
  fresh?.replaceChildren();
  const kept = fresh && part.querySelector('tbody');
  if (kept) kept.replaceChildren();
  else part.replaceChildren(...found.childNodes);
  const body = kept ?? fresh;
  for (let at = 0; at < rows.length; at += ROWS_A_FRAME) {
    body.append(...rows.slice(at, at + ROWS_A_FRAME));
    await frame();
  }
}
