'use strict';
// Asks what waits for the user: whether a plan or a call may be run, or what the planner
// has to know. What the user is writing already stays.
class Asked {
  constructor(run) {
    this.run = run;
    this.section = document.getElementById('asked');
  }

  show(asked) {
    const wanted = new Set(asked.map((one) => one.digest));
    const known = new Set();
    for (const form of [...this.section.children]) {
      if (wanted.has(form.dataset.digest)) known.add(form.dataset.digest);
      else form.remove();
    }
    const fresh = asked.filter((one) => !known.has(one.digest));
    this.section.append(...fresh.map((one) => this.form(one)));
    this.section.hidden = !asked.length;
  }

  form({ digest, title, content, editable, inWords }) {
    const form = make('form');
    form.dataset.digest = digest;
    const heading = make('h2', title);
    heading.dir = 'auto';
    const text = make('textarea', content);
    text.readOnly = !editable;
    text.rows = Math.min(content.split('\n').length, 12);
    text.spellcheck = false;
    text.setAttribute('aria-label', labelled({ editable, inWords }));
    const choices = inWords ? [['instead', 'Answer']] : [['yes', 'Approve'], ['no', 'Refuse']];
    const buttons = choices.map(([say, label]) => {
      const button = make('button', label);
      button.type = 'submit';
      button.value = say;
      return button;
    });
    const problem = make('output');
    form.append(heading, text, ...buttons, problem);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const { value } = event.submitter;
      const changed = value === 'yes' && text.value !== content;
      const say = changed ? 'instead' : value;
      problem.textContent = await sent(`${this.run}/answer`, { digest, say, content: text.value });
    });
    return form;
  }
}

function labelled({ editable, inWords }) {
  if (inWords) return 'Your answer';
  return editable ? 'What will be run; you may change it' : 'What will be run';
}

// Sends a form; returns what is wrong with it.
async function sent(path, fields) {
  try {
    const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields) });
    return answer.ok ? '' : await answer.text();
  } catch {
    return 'The server does not answer.';
  }
}
