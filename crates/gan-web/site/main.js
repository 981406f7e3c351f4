// The page: what is clicked goes to the lab, what the lab says is shown.
import { followBeside, restartBeside, showBeside, toggleBeside } from './beside.js';
import { fillValues, showTroubles } from './change.js';
import { History } from './history.js';
import { closeSnapshot, download, explore, openSnapshot } from './latents.js';
import { showLesson } from './lesson.js';
import { $, count, failed, isOfPoints, notify, page, status } from './page.js';
import { drawnStrokes, drawPad, setUpPad } from './plane.js';
import { addAlarms, addQuality, qualityState, restoreQuality, showAlarms, showQuality } from './quality.js';
import { followTime, sayAlone, showCharts, showImages, showStatus, showTime, showVerdicts } from './show.js';
import { nextStage, restartStages } from './slow.js';
import { chosen, fitPresets, startAnew, trainOn, trainOnFiles, use } from './start.js';
import { difference, keep, kept, readAddress, writeAddress } from './store.js';
import { language, setLanguage, text, translate } from './texts.js';

const { lab } = page;
const SAVE_EVERY_MS = 10_000;

let lastLook = 0, lastSave = 0, wasRunning = false;

// Starting -------------------------------------------------------------------------------------------------

async function begin() {
  showTexts();
  const address = readAddress();
  page.source = { kind: ['ring', 'grid', 'own', 'draw'].includes(address.data) ? address.data : 'mnist' };
  fitPresets(address.preset);
  $('seed').value = address.seed;
  notify('');
  status('loading');
  lab.tell('load', { wasm: new URL('pkg/gan_web_bg.wasm', location.href).href });
}

lab.addEventListener('ready', async () => {
  page.ready = true;
  const address = readAddress();
  const stored = await kept().catch(() => undefined);
  const { preset, seed } = chosen();
  const same = stored?.source?.kind === page.source.kind && stored.preset === preset && stored.seed === seed
    && JSON.stringify(stored.patch) === JSON.stringify(address.patch);
  try {
    if (same) {
      await use(stored.source);
      page.base = JSON.parse(await lab.ask('preset', { name: preset, seed }));
      page.record = History.from(stored.record);
      restoreQuality(stored.quality, Infinity);
      wasRunning = stored.running;
      return lab.tell('resume', { checkpoint: stored.checkpoint });
    }
    // What the reader brought or drew is in no address.
    const brought = ['own', 'draw'].includes(page.source.kind);
    await use(brought ? { kind: 'mnist' } : page.source);
    await startAnew(brought ? {} : address);
  } catch (error) {
    failed(error);
  }
});

lab.addEventListener('begun', ({ detail }) => {
  page.config = JSON.parse(detail.config);
  page.step = detail.step;
  page.broken = false;
  if (!detail.resumed) {
    page.record = new History();
    restoreQuality();
  }
  [page.corners, page.reals] = [detail.corners, detail.reals];
  page.record.forget(page.step);
  page.record.addFrame(page.step, detail.frame);
  followTime(true);
  if (!isOfPoints()) showImages('reals', detail.reals);
  const { source } = page;
  if (detail.resumed) notify('resumed', { step: page.step });
  else if (page.rebuilt) notify('rebuilt', { seed: page.config.seed });
  else if (source.kind === 'own') notify('ownImages', { count: count(source.bytes.length / 784) });
  else notify('');
  $('alone').textContent = '';
  fillValues();
  writeState();
  setRunning(false);
  showAll();
  showAlarms();
  enable(true);
  restartBeside().catch(failed);
  if (detail.resumed && qualityState().measured.length) measure();
  if (detail.resumed && wasRunning) go();
  else save();
});

// Running --------------------------------------------------------------------------------------------------

function go() {
  lab.tell('go', { speed: Number($('speed').value) });
  setRunning(true);
}

function setRunning(now) {
  page.running = now;
  $('run').textContent = text(now ? 'pause' : 'start');
  $('run').setAttribute('aria-pressed', String(now));
  showStatus();
}

/** One step of both networks, or of one alone. */
function oneStep(network) {
  setRunning(false);
  $('alone').textContent = '';
  if (network) lab.tell('alone', { network });
  else lab.tell('step');
}

lab.addEventListener('steps', ({ detail }) => {
  page.step = detail.step;
  page.record.add(detail.values);
  if (detail.frame) page.record.addFrame(page.step, detail.frame);
  const now = performance.now();
  if (!page.running || now - lastLook > 200) {
    lastLook = now;
    showAll();
  }
  followBeside();
  if (!page.running || now - lastSave > SAVE_EVERY_MS) save();
});

lab.addEventListener('quality', ({ detail: { is, ...quality } }) => addQuality(quality));
lab.addEventListener('alarms', ({ detail }) => addAlarms(detail.alarms));

lab.addEventListener('alone', ({ detail }) => sayAlone(detail));

lab.addEventListener('paused', ({ detail }) => {
  page.step = detail.step;
  page.record.addFrame(page.step, detail.frame);
  setRunning(false);
  followBeside();
  showAll();
  save();
});

lab.addEventListener('changed', ({ detail }) => {
  page.config = JSON.parse(detail.config);
  fillValues();
  writeState();
});

lab.addEventListener('rolledBack', ({ detail }) => {
  page.step = detail.step;
  page.broken = false;
  page.record.forget(page.step);
  restoreQuality(qualityState(), page.step);
  notify('rolledBack', { step: page.step });
  enable(true);
});

lab.addEventListener('broken', ({ detail }) => {
  page.step = detail.step;
  page.broken = true;
  setRunning(false);
  notify('broken', { error: detail.error });
  enable(true);
});

lab.addEventListener('failed', ({ detail }) => {
  notify('failed', { error: detail.error });
  if (['change', 'start'].includes(detail.doing) && page.config) fillValues();
});

lab.addEventListener('loading', ({ detail }) => {
  if (!page.config) status('loadingData', { percent: detail.total ? Math.round((100 * detail.size) / detail.total) : '…' });
});

async function measure() {
  $('measure').disabled = true;
  status('measuring');
  await lab.ask('measure').catch(failed);
  $('measure').disabled = false;
  showStatus();
}

async function save() {
  lastSave = performance.now();
  const { config, base, running, record, source } = page;
  if (!config) return;
  const { preset, seed } = base;
  const checkpoint = await lab.ask('checkpoint');
  if (checkpoint) {
    const patch = difference(base, config);
    await keep({ preset, seed, patch, checkpoint, running, source, record: { ...record }, quality: qualityState() })
      .catch((error) => notify('notKept', { error: error.message }));
  }
}

function writeState() {
  const { base, config, source } = page;
  writeAddress({ data: source.kind, preset: base.preset, seed: base.seed, patch: difference(base, config) });
}

// Showing --------------------------------------------------------------------------------------------------

function showAll() {
  showStatus();
  showTime();
  showCharts();
  showQuality();
  if (isOfPoints()) return;
  showVerdicts();
  explore();
}

/** What the paragraphs of the lesson can do. */
const acts = {
  go,
  /** Starts over with a preset, on the data that it takes; resolves once the run has begun. */
  async start(preset, kind) {
    if (page.source.kind !== kind) await use({ kind });
    fitPresets(preset);
    const begun = new Promise((done) => lab.addEventListener('begun', done, { once: true }));
    await startAnew();
    await begun;
  },
  /** Back to digits, if the run is of points. */
  images: async () => { if (isOfPoints()) await acts.start('mlp', 'mnist'); },
  beside: () => { if (!$('beside').checked) $('beside').click(); },
};

function enable(on) {
  for (const id of ['run', 'step', 'step-d', 'step-g', 'stage-next']) $(id).disabled = !on || page.broken;
  for (const id of ['reset', 'download', 'own', 'data', 'measure']) $(id).disabled = !on;
  drawPad();
  for (const button of document.querySelectorAll('#troubles button, #lesson button')) button.disabled = !on;
}

function showTexts() {
  translate();
  showTroubles(go);
  showLesson(acts);
  drawPad();
  if (!page.config) return;
  setRunning(page.running);
  enable(true);
  showAll();
  showAlarms();
  showBeside();
}

// Events of the page ---------------------------------------------------------------------------------------

$('run').addEventListener('click', () => (page.running ? lab.tell('pause') : go()));
$('step').addEventListener('click', () => oneStep());
$('step-d').addEventListener('click', () => oneStep('discriminator'));
$('step-g').addEventListener('click', () => oneStep('generator'));
$('reset').addEventListener('click', () => startAnew());
$('preset').addEventListener('change', () => startAnew());
$('seed').addEventListener('change', () => startAnew());
$('speed').addEventListener('change', () => page.running && go());
$('own').addEventListener('change', ({ target }) => target.files.length && trainOnFiles([...target.files]));
$('data').addEventListener('change', ({ target }) => {
  $('pad-box').hidden = target.value !== 'draw';
  if (target.value !== 'draw') trainOn({ kind: target.value });
});
$('pad-train').addEventListener('click', () => trainOn({ kind: 'draw', strokes: drawnStrokes() }));
$('beside').addEventListener('change', ({ target }) => toggleBeside(target.checked).catch(failed));
$('measure').addEventListener('click', measure);
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  const files = [...event.dataTransfer.files];
  const snapshot = files.find(({ name }) => name.endsWith('.safetensors'));
  if (snapshot) openSnapshot(snapshot);
  else if (files.length && page.config) trainOnFiles(files);
});
$('time').addEventListener('input', () => { followTime(); showTime(); });
$('stage-next').addEventListener('click', nextStage);
$('inspect-seed').addEventListener('change', restartStages);
for (const id of ['from', 'to', 'between', 'size']) $(id).addEventListener('input', explore);
$('download').addEventListener('click', download);
$('open').addEventListener('change', ({ target }) => target.files[0] && openSnapshot(target.files[0]));
$('close').addEventListener('click', closeSnapshot);
for (const id of ['values', 'networks']) $(id).addEventListener('submit', (event) => event.preventDefault());
$('language').addEventListener('click', () => { setLanguage(language() === 'en' ? 'zh' : 'en'); showTexts(); });
addEventListener('resize', () => { if (page.config) { showCharts(); showQuality(); } });
document.addEventListener('visibilitychange', () => document.hidden && page.config && save());
addEventListener('hashchange', () => location.reload());

if ('serviceWorker' in navigator) navigator.serviceWorker.register('sw.js').catch((error) => notify('notOffline', { error: error.message }));
setUpPad();
begin();
