// What is seen of the run: samples over time, charts, the discriminator's verdicts.
import { $, count, isOfPoints, page, readingOf, shown, status } from './page.js';
import { drawChart, drawGrid } from './pictures.js';
import { showPlane } from './plane.js';
import { text } from './texts.js';

let followsTime = true;

export function showStatus() {
  const { record, config, running, broken, step, ready } = page;
  if (!ready || !config) return;
  const latest = record.latest;
  status(broken ? 'statusBroken' : running ? 'statusRunning' : 'statusPaused', {
    step: count(step),
    losses: latest ? text('statusLosses', { d: latest.d_loss.toFixed(3), g: latest.g_loss.toFixed(3) }) : '',
  });
}

/** Follows the run again, after the slider went back. */
export function followTime(follows = Number($('time').value) === Number($('time').max)) {
  followsTime = follows;
}

export function showTime() {
  const frames = page.record.frames;
  $('time').max = Math.max(0, frames.length - 1);
  if (followsTime) $('time').value = frames.length - 1;
  const frame = frames[Number($('time').value)];
  if (!frame) return;
  $('time-label').textContent = text('atStep', { step: count(frame.step) });
  $('time').setAttribute('aria-valuetext', text('atStep', { step: frame.step }));
  if (isOfPoints()) {
    showPlane(frame.bytes);
    $('plane').setAttribute('aria-label', text('planeLabel', { step: frame.step }));
    return;
  }
  drawGrid($('samples'), frame.bytes, 8);
  $('samples').setAttribute('aria-label', text('samplesLabel', { step: frame.step }));
}

const READINGS = {
  probability: { names: ['real_probability', 'fake_probability'], range: [0, 1] },
  score: { names: ['real_logit', 'fake_logit'] },
  pairs: { names: ['pair_accuracy'], range: [0, 1] },
};

export function showCharts() {
  const { record, config } = page;
  const line = (name, colour) => ({ values: record.line(name), colour });
  drawChart($('losses'), [line('d_loss', '--d'), line('g_loss', '--g')]);
  const kind = readingOf(config?.loss), { names, range } = READINGS[kind];
  drawChart($('readings'), names.map((name, i) => line(name, ['--d', '--g'][i])), range ? { range } : {});
  $('readings-title').textContent = text(`readings_${kind}`);
  drawChart($('gradients'), [line('d_grad_norm', '--d'), line('g_grad_norm', '--g')], { log: true });
  const latest = record.latest;
  if (!latest) return;
  $('losses').setAttribute('aria-label', text('lossesLabel', { d: shown(latest.d_loss), g: shown(latest.g_loss) }));
  const [real, fake] = names.map((name) => shown(latest[name]));
  $('readings').setAttribute('aria-label', text(`readingsLabel_${kind}`, { real, fake }));
  $('gradients').setAttribute('aria-label', text('gradientsLabel', { d: shown(latest.d_grad_norm), g: shown(latest.g_grad_norm) }));
}

export function showImages(id, bytes) {
  const strip = $(id);
  while (strip.children.length < 8) {
    const figure = document.createElement('figure');
    figure.append(document.createElement('canvas'), document.createElement('figcaption'));
    strip.append(figure);
  }
  [...strip.children].forEach((figure, i) => drawGrid(figure.firstChild, bytes.subarray(784 * i, 784 * (i + 1)), 1));
}

let looking = false;
export async function showVerdicts() {
  if (looking || page.broken) return;
  looking = true;
  try {
    const frame = page.record.frames.at(-1);
    const { reals, fakes } = await page.lab.ask('verdicts');
    if (frame) showImages('fakes', frame.bytes);
    const caption = (id, values) => [...$(id).children].forEach((figure, i) => {
      const percent = `${Math.round(100 * values[i])} %`;
      figure.lastChild.textContent = percent;
      figure.setAttribute('aria-label', text('verdictLabel', { percent }));
    });
    caption('reals', reals);
    caption('fakes', fakes);
  } catch { /* the next look will do */ } finally { looking = false; }
}

/** What a step of one network alone did, in words. */
export function sayAlone({ network, d_updates: updates, before, after }) {
  const kind = readingOf(page.config.loss);
  const at = ({ real_probability: x, fake_probability: z, real_logit: rx, fake_logit: rz }) =>
    kind === 'probability' ? [x, z] : [rx, rz];
  const [[x0, z0], [x1, z1]] = [at(before), at(after)];
  const was = (a, b) => `${shown(a)} → ${shown(b)}`;
  $('alone').textContent = text(network === 'generator' ? 'aloneG' : 'aloneD', {
    step: count(page.step), updates,
    d: was(before.d_loss, after.d_loss), g: was(before.g_loss, after.g_loss), real: was(x0, x1), fake: was(z0, z1),
    names: text(kind === 'probability' ? 'aloneProbabilities' : 'aloneScores', { real: was(x0, x1), fake: was(z0, z1) }),
  });
}
