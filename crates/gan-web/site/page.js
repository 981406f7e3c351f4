// What the parts of the page share: the lab, the run as it stands, and the lines that speak to the reader.
import { History } from './history.js';
import { Lab } from './lab.js';
import { language, text } from './texts.js';

export const $ = (id) => document.getElementById(id);

export const page = {
  lab: new Lab(),
  record: new History(),
  /** The configuration as it runs, and the preset's that it came from. */
  config: null,
  base: null,
  /** What it trains on: { kind: 'mnist' | 'own' | 'ring' | 'grid' | 'draw', ... }. */
  source: { kind: 'mnist' },
  /** Of points: where the picture ends, and real ones. */
  corners: null,
  reals: null,
  step: 0,
  running: false,
  ready: false,
  broken: false,
};

export const clone = (value) => JSON.parse(JSON.stringify(value));
/** A whole number as the reader writes it. */
export const count = (value) => value.toLocaleString(language());
/** A value in a few digits. */
export const shown = (value) => (Math.abs(value) < 1e4 ? value.toPrecision(3) : value.toExponential(1));

export function status(name, values) {
  $('status').textContent = text(name, values);
}

export function notify(name, values) {
  $('notice').hidden = !name;
  $('notice').textContent = name ? text(name, values) : '';
}

export const failed = (error) => notify('failed', { error: error.message });

/** What σ(logit) of D is under each loss: a probability, a score, or good for pairs alone. */
export const readingOf = (loss) =>
  ['wasserstein', 'hinge', 'least-squares'].includes(loss) ? 'score' : loss === 'relativistic-pairing' ? 'pairs' : 'probability';

export const isOfPoints = () => ['ring', 'grid', 'draw'].includes(page.source.kind);
