// The run, in a thread of its own so that the page stays alive. Takes { do, ... }, answers { is, ... }.
import init, { Data, Opened } from './pkg/gan_web.js';

const SAMPLES = 64;
/** How long to train between two looks at the messages. */
const SLICE_MS = 30;
/** Steps between two checkpoints that a diverged run goes back to. */
const KEEP_EVERY = 100;
/** Sides of the grids of D's field and of G's manifold. */
const FIELD = 48, MANIFOLD = 21;

let data, run, opened, judge = null, running = false, perSecond = 0, until = Infinity, kept = null, due = 0, broken = false, awake = false;

const tell = (is, more = {}, moved = []) => postMessage({ is, ...more }, moved);
const problem = (error) => String(error.message ?? error);
/** Steps between two frames of the timeline: all of the beginning, less of what changes slowly. */
const frameEvery = (step) => (step < 100 ? 10 : step < 1000 ? 50 : step < 5000 ? 250 : 1000);
/** Steps between two measurements, which take about as long as 30 steps of the tutorial. */
const measureEvery = (step) => (step < 5000 ? 500 : 2500);

const channel = new MessageChannel();
channel.port1.onmessage = () => train();
const soon = () => channel.port2.postMessage(0);
const wake = () => { if (!awake) { awake = true; soon(); } };

// Training -------------------------------------------------------------------------------------------------

function train() {
  if (!running || run.step >= until) return void (awake = false);
  const start = performance.now();
  if (perSecond > 0 && start < due) return void setTimeout(train, Math.min(due - start, 50));
  try {
    const values = [];
    do {
      const left = Math.min(frameEvery(run.step) - (run.step % frameEvery(run.step)), until - run.step);
      const count = perSecond > 0 ? 1 : Math.min(left, 5);
      values.push(...JSON.parse(run.advance(count)));
      if (run.step % KEEP_EVERY === 0) kept = run.checkpoint();
      if (count === left) break;
    } while (perSecond === 0 && performance.now() - start < SLICE_MS);
    due = start + (perSecond > 0 ? 1000 / perSecond : 0);
    report(values);
    if (judge && run.step % measureEvery(run.step) === 0) measure();
  } catch (error) {
    return diverged(error);
  }
  perSecond > 0 ? setTimeout(train, due - performance.now()) : soon();
}

function diverged(error) {
  running = awake = false;
  broken = true;
  tellAlarms();
  tell('broken', { error: problem(error), step: run.step });
}

function report(values) {
  const step = run.step;
  const frame = step % frameEvery(step) === 0 || !running || step >= until ? draw() : null;
  tell('steps', { step, values, frame, running });
  tellAlarms();
}

function tellAlarms() {
  const alarms = JSON.parse(run.alarms());
  if (alarms.length) tell('alarms', { alarms });
}

function measure() {
  tell('quality', JSON.parse(run.quality(judge)));
  tellAlarms();
}

/** What is kept of a moment: the pictures of the fixed latents, or their points. */
const draw = () => (run.is_of_points ? run.fake_points() : run.samples(SAMPLES));

function begun(extra = {}) {
  broken = running = false;
  kept = run.checkpoint();
  const reals = run.is_of_points ? run.real_points() : run.reals();
  const corners = run.is_of_points ? data.corners() : null;
  tell('begun', { step: run.step, config: run.config, frame: draw(), reals, corners, ...extra });
}

/** Replaces the run by `next`, or by what was kept if there is none. */
function replace(next) {
  run?.free();
  run = next;
}

// Requests -------------------------------------------------------------------------------------------------

/** Makes the data of `source`: { kind: 'mnist' | 'own' | 'ring' | 'grid' | 'draw', ... }. */
async function dataOf(source) {
  switch (source.kind) {
    case 'own': return Data.images('own', source.bytes);
    case 'draw': return Data.drawn(source.strokes);
    case 'mnist': return Data.mnist(await fetchWhole('data/mnist.zst'));
    default: return Data.points(source.kind);
  }
}

let loaded;

const requests = {
  async load({ wasm }) {
    loaded = init({ module_or_path: wasm });
    await loaded;
    tell('ready');
  },
  /** Trains on other data from the next start on. */
  async use({ source, id }) {
    await loaded;
    const next = await dataOf(source);
    data?.free();
    judge?.free();
    [data, judge] = [next, null];
    tell('answer', { id, value: null });
  },
  preset({ name, seed, id }) {
    tell('answer', { id, value: data.preset(name, seed) });
  },
  start({ config }) {
    replace(data.start(config));
    begun();
  },
  resume({ checkpoint }) {
    replace(data.resume(checkpoint));
    begun({ resumed: true });
  },
  go({ speed }) {
    if (broken) return;
    perSecond = speed;
    until = Infinity;
    running = true;
    due = 0;
    wake();
  },
  /** Trains until step `step`, and waits there to be told of a later one. */
  follow({ step }) {
    if (broken || !run) return;
    [perSecond, until] = [0, step];
    running = true;
    wake();
  },
  pause() {
    running = false;
    tell('paused', { step: run.step, frame: draw() });
  },
  step() {
    running = false;
    if (broken) return;
    try { report(JSON.parse(run.advance(1))); } catch (error) { diverged(error); }
  },
  /** One step in which one network learns and the other stands still. */
  alone({ network }) {
    running = false;
    if (broken) return;
    try {
      const { values, ...seen } = JSON.parse(run.advance_alone(network));
      report(values);
      tell('alone', { network, ...seen });
    } catch (error) { diverged(error); }
  },
  change({ config, rollBack }) {
    if (rollBack && broken && kept) {
      replace(data.resume(kept));
      broken = false;
      tell('rolledBack', { step: run.step });
    }
    run.reconfigure(config);
    tell('changed', { config: run.config, step: run.step });
  },
  /** Measures now, and every so often from now on. */
  async measure({ id }) {
    if (!judge) judge = data.judge(await fetchWhole('data/mnistcnn.safetensors'));
    measure();
    tell('answer', { id, value: null });
  },
  verdicts({ id }) {
    tell('answer', { id, value: JSON.parse(run.verdicts()) });
  },
  plane({ id, corners }) {
    const value = { field: run.field(...corners, FIELD), fieldSide: FIELD, manifold: run.manifold(MANIFOLD), manifoldSide: MANIFOLD };
    tell('answer', { id, value });
  },
  inspect({ id, seed }) {
    const latent = run.latent(seed);
    tell('answer', { id, value: { latent, ...JSON.parse(run.inspect(latent)) } });
  },
  draw({ id, from, to, between, size }) {
    const source = opened ?? run;
    const [a, b] = [source.latent(from), source.latent(to)];
    const latent = a.map((x, i) => size * ((1 - between) * x + between * b[i]));
    tell('answer', { id, value: source.draw(latent) });
  },
  checkpoint({ id }) {
    let bytes = null;
    try { bytes = broken ? kept : run.checkpoint(); } catch { bytes = kept; }
    tell('answer', { id, value: bytes });
  },
  snapshot({ id }) {
    tell('answer', { id, value: { bytes: run.snapshot(), step: run.step } });
  },
  open({ id, bytes }) {
    const next = new Opened(bytes);
    opened?.free();
    opened = next;
    tell('answer', { id, value: opened.samples(SAMPLES) });
  },
  close({ id }) {
    opened?.free();
    opened = null;
    tell('answer', { id, value: null });
  },
};

async function fetchWhole(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  const total = Number(response.headers.get('content-length'));
  const parts = [];
  let size = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    tell('loading', { size, total });
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) { whole.set(part, at); at += part.length; }
  return whole;
}

onmessage = async ({ data: message }) => {
  try {
    await requests[message.do](message);
  } catch (error) {
    tell('failed', { id: message.id, doing: message.do, error: problem(error) });
  }
};
