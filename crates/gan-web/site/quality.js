// How good the samples are, and what the guard's watches say.
import { $, count, page, shown } from './page.js';
import { drawChart } from './pictures.js';
import { language, text } from './texts.js';

/** [{ step, fd, baseline, counts, of_data }, ...] and what the watches said. */
let measured = [], alarms = [];

export const qualityState = () => ({ measured, alarms });

export function restoreQuality(state, step) {
  measured = (state?.measured ?? []).filter((each) => each.step <= step);
  alarms = (state?.alarms ?? []).filter((each) => each.step <= step);
}

export function addQuality(quality) {
  measured = [...measured.filter(({ step }) => step < quality.step), quality].slice(-400);
  showQuality();
}

export function addAlarms(lines) {
  alarms = [...alarms, ...lines].slice(-50);
  showAlarms();
}

/** The watches forget at a change; what they said stays, as of the run before it. */
export function showQuality() {
  const applies = page.source.kind === 'mnist', latest = measured.at(-1);
  $('measure').hidden = !applies;
  for (const id of ['fd', 'classes', 'classes-title']) $(id).hidden = !applies || !latest;
  $('quality-text').textContent = !applies ? text('qualityNot') : !latest ? text('qualityNone')
    : text('qualityText', { step: count(latest.step), fd: shown(latest.fd), baseline: shown(latest.baseline), times: shown(latest.fd / latest.baseline) });
  if (!applies || !latest) return;
  const line = (of, colour) => ({ values: measured.map((each) => [each.step, each[of]]), colour });
  drawChart($('fd'), [line('fd', '--g'), line('baseline', '--d')], { log: true });
  $('fd').setAttribute('aria-label', $('quality-text').textContent);
  drawClasses(latest);
}

function drawClasses({ counts, of_data: ofData }) {
  const canvas = $('classes'), scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext('2d'), total = counts.reduce((sum, each) => sum + each, 0);
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name);
  const most = Math.max(...counts.map((each) => each / total), ...ofData), bottom = height - 16, step = width / counts.length;
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'center';
  counts.forEach((each, i) => {
    const tall = (fraction) => ((bottom - 4) * fraction) / most;
    context.fillStyle = colour('--g');
    context.fillRect((i + 0.2) * step, bottom - tall(each / total), 0.6 * step, tall(each / total));
    context.fillStyle = colour('--d');
    context.fillRect((i + 0.1) * step, bottom - tall(ofData[i]) - 1, 0.8 * step, 2);
    context.fillStyle = colour('--dim');
    context.fillText(String(i), (i + 0.5) * step, height - 3);
  });
  canvas.setAttribute('aria-label', text('classesLabel', { counts: counts.map((each, i) => `${i}: ${each}`).join(', ') }));
}

export function showAlarms() {
  const zh = language() === 'zh';
  $('alarms').replaceChildren(...alarms.toReversed().map(({ step, trouble, raised, seen, evidence, cure }) => {
    const item = document.createElement('li'), say = document.createElement('p'), why = document.createElement('p');
    const words = zh ? text(`seen_${trouble}`) : seen;
    say.textContent = text(raised ? 'alarmRaised' : 'alarmOver', { step: count(step), trouble, seen: words });
    why.className = 'hint';
    why.lang = 'en';
    why.textContent = evidence;
    item.append(say, why);
    if (raised && cure) {
      const help = document.createElement('p');
      help.textContent = text('alarmCure', { cure: zh ? text(`cure: ${cure}`) : cure });
      item.append(help);
    }
    return item;
  }));
  $('alarms-none').hidden = alarms.length > 0;
}
