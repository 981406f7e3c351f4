// The page: what is clicked goes to the lab, what the lab says is shown.
import { History } from './history.js';
import { Lab } from './lab.js';
import { readImages } from './images.js';
import { drawChart, drawGrid, drawHeat, toBytes } from './pictures.js';
import { difference, keep, kept, merge, readAddress, writeAddress } from './store.js';
import { language, setLanguage, text, translate } from './texts.js';
import { TROUBLES, VALUES } from './troubles.js';

const $ = (id) => document.getElementById(id);
const lab = new Lab();
const SAVE_EVERY_MS = 10_000;

let record = new History();
/** The configuration as it runs, and the preset's that it came from. */
let config = null, base = null;
/** The reader's own images, { name, bytes }, or null for MNIST. */
let images = null;
let step = 0, running = false, ready = false, broken = false, followsTime = true;
let lastLook = 0, lastSave = 0, stage = 0, wasRunning = false;

const clone = (value) => JSON.parse(JSON.stringify(value));
const chosen = () => ({ preset: $('preset').value, seed: Number($('seed').value) });

// Starting -------------------------------------------------------------------------------------------------

async function begin() {
  showTexts();
  const address = readAddress();
  $('preset').value = address.preset;
  if ($('preset').selectedIndex < 0) $('preset').value = 'mlp';
  $('seed').value = address.seed;
  notify('');
  status('loading');
  lab.tell('load', { wasm: new URL('pkg/gan_web_bg.wasm', location.href).href, packed: 'data/mnist.zst' });
}

async function startAnew({ patch } = {}) {
  const { preset, seed } = chosen();
  base = JSON.parse(await lab.ask('preset', { name: preset, seed }));
  record = new History();
  lab.tell('start', { config: JSON.stringify(patch === undefined ? base : merge(base, patch)) });
}

function useImages(next) {
  images = next;
  $('mnist').hidden = !images;
  lab.tell('use', { images });
}

async function trainOn(files) {
  try {
    useImages(await readImages(files));
    await startAnew();
  } catch (error) {
    notify('failed', { error: error.message });
  }
}

lab.addEventListener('ready', async () => {
  ready = true;
  const address = readAddress();
  const stored = await kept().catch(() => undefined);
  const { preset, seed } = chosen();
  const same = stored && stored.preset === preset && stored.seed === seed
    && JSON.stringify(stored.patch) === JSON.stringify(address.patch);
  if (same) {
    base = JSON.parse(await lab.ask('preset', { name: preset, seed }));
    record = History.from(stored.record);
    useImages(stored.images ?? null);
    lab.tell('resume', { checkpoint: stored.checkpoint });
    wasRunning = stored.running;
  } else {
    await startAnew(address);
  }
});

lab.addEventListener('begun', ({ detail }) => {
  config = JSON.parse(detail.config);
  step = detail.step;
  broken = false;
  record.forget(step);
  record.addFrame(step, detail.frame);
  followsTime = true;
  showImages('reals', detail.reals);
  if (detail.resumed) notify('resumed', { step });
  else if (images) notify('ownImages', { count: (images.bytes.length / 784).toLocaleString(language()) });
  else notify('');
  fillValues();
  writeState();
  setRunning(false);
  showAll();
  enable(true);
  if (detail.resumed && wasRunning) go();
  else save();
});

// Running --------------------------------------------------------------------------------------------------

function go() {
  lab.tell('go', { speed: Number($('speed').value) });
  setRunning(true);
}

function setRunning(now) {
  running = now;
  $('run').textContent = text(running ? 'pause' : 'start');
  $('run').setAttribute('aria-pressed', String(running));
  showStatus();
}

lab.addEventListener('steps', ({ detail }) => {
  step = detail.step;
  record.add(detail.values);
  if (detail.frame) record.addFrame(step, detail.frame);
  const now = performance.now();
  if (!running || now - lastLook > 200) {
    lastLook = now;
    showAll();
  }
  if (!running || now - lastSave > SAVE_EVERY_MS) save();
});

lab.addEventListener('paused', ({ detail }) => {
  step = detail.step;
  record.addFrame(step, detail.frame);
  setRunning(false);
  showAll();
  save();
});

lab.addEventListener('changed', ({ detail }) => {
  config = JSON.parse(detail.config);
  fillValues();
  writeState();
});

lab.addEventListener('rolledBack', ({ detail }) => {
  step = detail.step;
  broken = false;
  record.forget(step);
  notify('rolledBack', { step });
  enable(true);
});

lab.addEventListener('broken', ({ detail }) => {
  step = detail.step;
  broken = true;
  setRunning(false);
  notify('broken', { error: detail.error });
  enable(true);
});

lab.addEventListener('failed', ({ detail }) => {
  notify('failed', { error: detail.error });
  if (detail.doing === 'change') fillValues();
});

lab.addEventListener('loading', ({ detail }) => {
  if (!ready) status('loadingData', { percent: detail.total ? Math.round((100 * detail.size) / detail.total) : '…' });
});

async function save() {
  lastSave = performance.now();
  if (!config) return;
  const { preset, seed } = base;
  const checkpoint = await lab.ask('checkpoint');
  if (checkpoint) {
    const patch = difference(base, config);
    await keep({ preset, seed, patch, checkpoint, running, images, record: { ...record } })
      .catch((error) => notify('notKept', { error: error.message }));
  }
}

function writeState() {
  writeAddress({ preset: base.preset, seed: base.seed, patch: difference(base, config) });
}

// Showing --------------------------------------------------------------------------------------------------

function status(name, values) {
  $('status').textContent = text(name, values);
}

function showStatus() {
  if (!ready || !config) return;
  const latest = record.latest;
  status(broken ? 'statusBroken' : running ? 'statusRunning' : 'statusPaused', {
    step: step.toLocaleString(language()),
    losses: latest ? text('statusLosses', { d: latest.d_loss.toFixed(3), g: latest.g_loss.toFixed(3) }) : '',
  });
}

function notify(name, values) {
  $('notice').hidden = !name;
  $('notice').textContent = name ? text(name, values) : '';
}

function showAll() {
  showStatus();
  showTime();
  showCharts();
  showVerdicts();
  explore();
}

function showTime() {
  const frames = record.frames;
  $('time').max = Math.max(0, frames.length - 1);
  if (followsTime) $('time').value = frames.length - 1;
  const frame = frames[Number($('time').value)];
  if (!frame) return;
  $('time-label').textContent = text('atStep', { step: frame.step.toLocaleString(language()) });
  $('time').setAttribute('aria-valuetext', text('atStep', { step: frame.step }));
  drawGrid($('samples'), frame.bytes, 8);
  $('samples').setAttribute('aria-label', text('samplesLabel', { step: frame.step }));
}

function showCharts() {
  const line = (name, colour) => ({ values: record.line(name), colour });
  drawChart($('losses'), [line('d_loss', '--d'), line('g_loss', '--g')]);
  const probabilities = hasProbabilities();
  drawChart($('readings'), probabilities
    ? [line('real_probability', '--d'), line('fake_probability', '--g')]
    : [line('real_logit', '--d'), line('fake_logit', '--g')], probabilities ? { range: [0, 1] } : {});
  drawChart($('gradients'), [line('d_grad_norm', '--d'), line('g_grad_norm', '--g')], { log: true });
  const latest = record.latest;
  if (!latest) return;
  const shown = (value) => (Math.abs(value) < 1e4 ? value.toPrecision(3) : value.toExponential(1));
  $('losses').setAttribute('aria-label', text('lossesLabel', { d: shown(latest.d_loss), g: shown(latest.g_loss) }));
  $('readings').setAttribute('aria-label', text('readingsLabel', { real: shown(latest.real_probability), fake: shown(latest.fake_probability) }));
  $('gradients').setAttribute('aria-label', text('gradientsLabel', { d: shown(latest.d_grad_norm), g: shown(latest.g_grad_norm) }));
}

/** Whether σ(logit) is a probability: not of an unbounded critic. */
const hasProbabilities = () => !['wasserstein', 'hinge', 'least-squares'].includes(config?.loss);

function showImages(id, bytes) {
  const strip = $(id);
  while (strip.children.length < 8) {
    const figure = document.createElement('figure');
    figure.append(document.createElement('canvas'), document.createElement('figcaption'));
    strip.append(figure);
  }
  [...strip.children].forEach((figure, i) => drawGrid(figure.firstChild, bytes.subarray(784 * i, 784 * (i + 1)), 1));
}

let looking = false;
async function showVerdicts() {
  if (looking || broken) return;
  looking = true;
  try {
    const frame = record.frames.at(-1);
    const { reals, fakes } = await lab.ask('verdicts');
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

// Slow motion ----------------------------------------------------------------------------------------------

let inspected = null;
async function nextStage() {
  const stages = [...$('stages').children];
  if (stage >= stages.length) stage = 0;
  if (stage === 0) {
    if (running) lab.tell('pause');
    inspected = await lab.ask('inspect', { seed: Number($('inspect-seed').value) });
    stages.forEach((item) => item.classList.remove('on'));
    drawHeat($('noise'), inspected.latent, null, 10);
  }
  if (stage === 1) drawGrid($('drawn'), toBytes(inspected.pixels), 1);
  if (stage === 2) {
    const probability = 1 / (1 + Math.exp(-inspected.logit));
    $('verdict').value = probability;
    $('verdict-text').textContent = text('stageJudgeText', { logit: inspected.logit.toFixed(2), percent: Math.round(100 * probability) });
  }
  if (stage === 3 && inspected.gradient) drawHeat($('heat'), inspected.gradient, inspected.pixels, 28);
  if (stage === 4) {
    lab.tell('step');
    const after = await lab.ask('inspect', { seed: Number($('inspect-seed').value) });
    drawGrid($('updated'), toBytes(after.pixels), 1);
  }
  stages[stage].classList.add('on');
  stage += 1;
  $('stage-next').textContent = text(stage === stages.length ? 'stageAgain' : 'stageNext');
}

// Latents --------------------------------------------------------------------------------------------------

let exploring = false, exploreAgain = false;
async function explore() {
  if (!config) return;
  if (exploring) { exploreAgain = true; return; }
  exploring = true;
  try {
    const value = (id) => Number($(id).value);
    const bytes = await lab.ask('draw', { from: value('from'), to: value('to'), between: value('between'), size: value('size') });
    drawGrid($('explored'), bytes, 1);
    $('explored').setAttribute('aria-label', text('exploredLabel', { from: value('from'), to: value('to'), percent: Math.round(100 * value('between')) }));
  } catch (error) {
    notify('failed', { error: error.message });
  } finally {
    exploring = false;
    if (exploreAgain) { exploreAgain = false; explore(); }
  }
}

async function download() {
  const { bytes, step } = await lab.ask('snapshot');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = `snapshot-${String(step).padStart(6, '0')}.safetensors`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function openSnapshot(file) {
  try {
    await lab.ask('open', { bytes: new Uint8Array(await file.arrayBuffer()) });
    $('close').hidden = false;
    $('explorer-hint').textContent = text('openedHint', { name: file.name });
    explore();
  } catch (error) {
    notify('notOpened', { name: file.name, error: error.message });
  }
}

// Changing -------------------------------------------------------------------------------------------------

function fillValues() {
  const form = $('values');
  if (!form.children.length) {
    for (const value of VALUES) {
      const label = document.createElement('label'), title = document.createElement('span');
      title.dataset.i18n = `value_${value.name}`;
      title.textContent = text(title.dataset.i18n);
      const input = document.createElement(value.kind === 'choice' ? 'select' : 'input');
      input.id = `value-${value.name}`;
      if (value.kind === 'choice') input.append(...value.options.map((name) => new Option(name, name)));
      else Object.assign(input, { type: 'number', step: 'any', min: value.min, max: value.max });
      input.addEventListener('change', () => change((next) => value.set(next, value.kind === 'choice' ? input.value : Number(input.value))));
      label.append(title, ' ', input);
      form.append(label);
    }
  }
  for (const value of VALUES) if (document.activeElement?.id !== `value-${value.name}` || !running) $(`value-${value.name}`).value = value.get(config);
}

function change(act, rollBack = false) {
  if (!config) return;
  const next = clone(config);
  act(next);
  lab.tell('change', { config: JSON.stringify(next), rollBack });
}

function showTroubles() {
  $('troubles').replaceChildren(...TROUBLES.map((trouble) => {
    const box = document.createElement('div');
    box.className = 'trouble';
    const title = document.createElement('h3');
    title.textContent = text(`trouble_${trouble.name}`);
    const row = document.createElement('div');
    row.className = 'row';
    row.append(...['break', 'cure'].map((what) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.id = `${what}-${trouble.name}`;
      button.textContent = text(what);
      button.setAttribute('aria-label', `${text(what)}: ${title.textContent}`);
      button.disabled = !config;
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

// The lesson -----------------------------------------------------------------------------------------------

const SHOWS = {
  twoNetworks: () => $('slow-title').scrollIntoView(),
  start: () => { go(); $('samples-title').scrollIntoView(); },
  losses: () => $('charts-title').scrollIntoView(),
  tutorial: () => { $('preset').value = 'tutorial'; startAnew().then(go); $('samples-title').scrollIntoView(); },
  collapse: () => { $('break-collapse').click(); $('samples-title').scrollIntoView(); },
  strong: () => { $('break-strong').click(); $('charts-title').scrollIntoView(); },
  penalty: () => { $('cure-collapse').click(); $('samples-title').scrollIntoView(); },
  latents: () => $('explorer-title').scrollIntoView(),
};

function showLesson() {
  $('lesson').replaceChildren(...Object.entries(SHOWS).map(([name, show]) => {
    const article = document.createElement('article'), title = document.createElement('h3');
    const words = document.createElement('p'), button = document.createElement('button');
    title.textContent = text(`lesson_${name}_title`);
    words.textContent = text(`lesson_${name}`);
    button.type = 'button';
    button.textContent = text('show');
    button.setAttribute('aria-label', `${text('show')}: ${title.textContent}`);
    button.disabled = !config;
    button.addEventListener('click', show);
    article.append(title, words, button);
    return article;
  }));
}

function enable(on) {
  for (const id of ['run', 'step', 'stage-next']) $(id).disabled = !on || broken;
  for (const id of ['reset', 'download', 'own']) $(id).disabled = !on;
  for (const button of document.querySelectorAll('#troubles button, #lesson button')) button.disabled = !on;
}

function showTexts() {
  translate();
  showTroubles();
  showLesson();
  if (config) { setRunning(running); enable(true); showAll(); }
}

// Events of the page ---------------------------------------------------------------------------------------

$('run').addEventListener('click', () => (running ? lab.tell('pause') : go()));
$('step').addEventListener('click', () => { setRunning(false); lab.tell('step'); });
$('reset').addEventListener('click', () => startAnew());
$('preset').addEventListener('change', () => startAnew());
$('seed').addEventListener('change', () => startAnew());
$('speed').addEventListener('change', () => running && go());
$('own').addEventListener('change', ({ target }) => target.files.length && trainOn([...target.files]));
$('mnist').addEventListener('click', () => { useImages(null); startAnew(); });
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const files = [...event.dataTransfer.files];
  const snapshot = files.find(({ name }) => name.endsWith('.safetensors'));
  if (snapshot) openSnapshot(snapshot);
  else if (files.length && config) trainOn(files);
});
$('time').addEventListener('input', () => { followsTime = Number($('time').value) === Number($('time').max); showTime(); });
$('stage-next').addEventListener('click', nextStage);
$('inspect-seed').addEventListener('change', () => { stage = 0; });
for (const id of ['from', 'to', 'between', 'size']) $(id).addEventListener('input', explore);
$('download').addEventListener('click', download);
$('open').addEventListener('change', ({ target }) => target.files[0] && openSnapshot(target.files[0]));
$('close').addEventListener('click', async () => {
  await lab.ask('close');
  $('close').hidden = true;
  $('explorer-hint').textContent = text('explorerHint');
  explore();
});
$('values').addEventListener('submit', (event) => event.preventDefault());
$('language').addEventListener('click', () => { setLanguage(language() === 'en' ? 'zh' : 'en'); showTexts(); });
addEventListener('resize', () => config && showCharts());
document.addEventListener('visibilitychange', () => document.hidden && config && save());
addEventListener('hashchange', () => location.reload());

if ('serviceWorker' in navigator) navigator.serviceWorker.register('sw.js').catch((error) => notify('notOffline', { error: error.message }));
begin();
