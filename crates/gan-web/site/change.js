// What can be changed while a run goes on, and what breaks and cures it.
import { $, clone, page } from './page.js';
import { text } from './texts.js';
import { NETWORKS, TROUBLES, VALUES } from './troubles.js';

/** Fills in the values as they are; the one that is being typed stays. */
export function fillValues() {
  if (!$('values').children.length) {
    for (const value of VALUES) $('values').append(field(value, (given) => change((next) => value.set(next, given))));
    for (const value of NETWORKS) $('networks').append(field(value, (given) => rebuild((next) => value.set(next, given))));
  }
  for (const value of [...VALUES, ...NETWORKS]) {
    const input = $(`value-${value.name}`), given = value.get(page.config);
    input.closest('label').hidden = given === undefined;
    if (document.activeElement !== input || !page.running) input.value = given ?? '';
  }
}

function field({ name, kind, options, min, max }, act) {
  const label = document.createElement('label'), title = document.createElement('span');
  title.dataset.i18n = `value_${name}`;
  title.textContent = text(title.dataset.i18n);
  const input = document.createElement(kind === 'choice' ? 'select' : 'input');
  input.id = `value-${name}`;
  if (kind === 'choice') input.append(...options.map((option) => new Option(option, option)));
  else if (kind === 'number') Object.assign(input, { type: 'number', step: 'any', min, max });
  else Object.assign(input, { type: 'text', inputMode: 'numeric', pattern: '[0-9, ]*' });
  input.addEventListener('change', () => act(kind === 'number' ? Number(input.value) : input.value));
  label.append(title, ' ', input);
  return label;
}

/** Other networks: a run cannot go on with them, so it starts over from the same seed. */
function rebuild(act) {
  if (!page.config) return;
  const next = clone(page.config);
  act(next);
  page.rebuilt = true;
  page.lab.tell('start', { config: JSON.stringify(next) });
}

export function change(act, rollBack = false) {
  if (!page.config) return;
  const next = clone(page.config);
  act(next);
  page.lab.tell('change', { config: JSON.stringify(next), rollBack });
}

/** The troubles with their buttons; `go` starts the run. */
export function showTroubles(go) {
  $('troubles').replaceChildren(...TROUBLES.map((trouble) => {
    const box = document.createElement('div'), title = document.createElement('h3'), row = document.createElement('div');
    box.className = 'trouble';
    title.textContent = text(`trouble_${trouble.name}`);
    row.className = 'row';
    row.append(...['break', 'cure'].map((what) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.id = `${what}-${trouble.name}`;
      button.textContent = text(what);
      button.setAttribute('aria-label', `${text(what)}: ${title.textContent}`);
      button.disabled = !page.config;
      button.addEventListener('click', () => {
        change(trouble[what], what === 'cure');
        $('seen').textContent = text(`${what}_${trouble.name}`);
        go();
      });
      return button;
    }));
    box.append(title, row);
    return box;
  }));
}
