'use strict';
// Links the parts of a page that changes: what is known of the chosen step is asked of the
// server, and its box may be another one from one moment to the next.
class LiveLinked extends Linked {
  constructor(live) {
    super();
    this.live = live;
  }

  // A click is a press and a release on one element. Here that may be drawn anew in
  // between, and the browser then makes no click of the two.
  listen() {
    super.listen();
    let pressed = null;
    document.addEventListener('pointerdown', (event) => {
      const name = this.stepOf(event);
      pressed = name && { part: event.target, id: this.steps[name].id };
    });
    document.addEventListener('pointerup', (event) => {
      const name = this.stepOf(event);
      if (!name || !pressed || pressed.part.isConnected) return;
      if (this.steps[name].id === pressed.id) this.choose(name);
    });
  }

  choose(name, follow = true) {
    super.choose(name, follow);
    if (!this.live.over) this.fresh(name);
  }

  async fresh(name) {
    const id = this.live.keys[name];
    const record = await fetched(`${this.live.run}/step?id=${encodeURIComponent(id)}`);
    if (record === null || this.live.keys[name] !== id) return;
    this.steps[name] = record;
    if (this.chosen === name) this.tell(name);
  }
}

// Returns what the server gives; null where it gives nothing.
async function fetched(path) {
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
