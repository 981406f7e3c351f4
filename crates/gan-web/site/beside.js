// The tutorial's GAN beside the run: from the same seed, on the same data, in a second worker, at the same step.
import { Lab } from './lab.js';
import { $, count, page } from './page.js';
import { drawGrid } from './pictures.js';
import { text } from './texts.js';

let other = null, latest = null;

export async function toggleBeside(on) {
  other?.end();
  [other, latest] = [null, null];
  $('beside-run').hidden = !on;
  if (on) await start();
}

/** Begins again with the run, on its data and from its seed. */
export async function restartBeside() {
  const applies = page.source.kind === 'mnist' || page.source.kind === 'own';
  $('beside').disabled = !applies;
  if (!applies) $('beside').checked = false;
  if (other || !applies) await toggleBeside($('beside').checked);
}

export function followBeside() {
  other?.tell('follow', { step: page.step });
}

async function start() {
  const lab = new Lab();
  other = lab;
  latest = null;
  showBeside();
  const show = ({ detail }) => {
    latest = { ...latest, step: detail.step, frame: detail.frame ?? latest?.frame, values: detail.values?.at(-1) ?? latest?.values };
    showBeside();
  };
  lab.addEventListener('begun', (event) => { show(event); if (other === lab) followBeside(); });
  lab.addEventListener('steps', show);
  lab.addEventListener('broken', ({ detail }) => { latest = { ...latest, error: detail.error }; showBeside(); });
  lab.addEventListener('failed', ({ detail }) => { latest = { ...latest, error: detail.error }; showBeside(); });
  lab.tell('load', { wasm: new URL('pkg/gan_web_bg.wasm', location.href).href });
  await lab.ask('use', { source: page.source });
  lab.tell('start', { config: await lab.ask('preset', { name: 'tutorial', seed: page.base.seed }) });
}

export function showBeside() {
  if (!other) return;
  $('beside-text').textContent = !latest ? text('loading') : latest.error ? text('failed', { error: latest.error })
    : text('besideText', {
      step: count(latest.step), seed: page.base.seed,
      losses: latest.values ? text('statusLosses', { d: latest.values.d_loss.toFixed(3), g: latest.values.g_loss.toFixed(3) }) : '',
    });
  if (!latest?.frame) return;
  drawGrid($('beside-samples'), latest.frame, 8);
  $('beside-samples').setAttribute('aria-label', text('besideLabel', { step: latest.step }));
}
