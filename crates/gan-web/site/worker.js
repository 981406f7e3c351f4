// The run, in a thread of its own so that the page stays alive. Takes { do, ... }, answers { is, ... }.
import init, { Data, Opened } from './pkg/gan_web.js';

const SAMPLES = 64;
/** How long to train between two looks at the messages. */
const SLICE_MS = 30;
/** Steps between two checkpoints that a diverged run goes back to. */
const KEEP_EVERY = 100;

let mnist, data, run, opened, running = false, perSecond = 0, kept = null, due = 0, broken = false;

const tell = (is, more = {}, moved = []) => postMessage({ is, ...more }, moved);
/** Steps between two frames of the timeline: all of the beginning, less of what changes slowly. */
const frameEvery = (step) => (step < 100 ? 10 : step < 1000 ? 50 : step < 5000 ? 250 : 1000);

const channel = new MessageChannel();
channel.port1.onmessage = () => train();
const soon = () => channel.port2.postMessage(0);

function train() {
  if (!running) return;
  const start = performance.now();
  if (perSecond > 0 && start < due) return void setTimeout(train, Math.min(due - start, 50));
  try {
    const values = [];
    do {
      const left = frameEvery(run.step) - (run.step % frameEvery(run.step));
      const count = perSecond > 0 ? 1 : Math.min(left, 5);
      values.push(...JSON.parse(run.advance(count)));
      if (run.step % KEEP_EVERY === 0) kept = run.checkpoint();
      if (count === left) break;
    } while (perSecond === 0 && performance.now() - start < SLICE_MS);
    due = start + (perSecond > 0 ? 1000 / perSecond : 0);
    report(values);
  } catch (error) {
    running = false;
    broken = true;
    tell('broken', { error: String(error.message ?? error), step: run.step });
    return;
  }
  perSecond > 0 ? setTimeout(train, due - performance.now()) : soon();
}

function report(values) {
  const step = run.step;
  const frame = step % frameEvery(step) === 0 || !running ? run.samples(SAMPLES) : null;
  tell('steps', { step, values, frame, running });
}

function begun(extra = {}) {
  broken = false;
  kept = run.checkpoint();
  tell('begun', { step: run.step, config: run.config, frame: run.samples(SAMPLES), reals: run.reals(), ...extra });
}

const requests = {
  async load({ wasm, packed }) {
    const [, bytes] = await Promise.all([init({ module_or_path: wasm }), fetchWhole(packed)]);
    data = mnist = Data.mnist(bytes);
    tell('ready');
  },
  /** Trains on the reader's own images from the next start on; without any, on MNIST. */
  use({ images }) {
    if (data !== mnist) data.free();
    data = mnist;
    if (images) data = Data.images(images.name, images.bytes);
  },
  preset({ name, seed, id }) {
    tell('answer', { id, value: data.preset(name, seed) });
  },
  start({ config }) {
    const next = data.start(config);
    run?.free();
    run = next;
    running = false;
    begun();
  },
  resume({ checkpoint }) {
    const next = data.resume(checkpoint);
    run?.free();
    run = next;
    running = false;
    begun({ resumed: true });
  },
  go({ speed }) {
    if (broken) return;
    perSecond = speed;
    if (!running) { running = true; due = 0; soon(); }
  },
  pause() {
    running = false;
    tell('paused', { step: run.step, frame: run.samples(SAMPLES) });
  },
  step() {
    running = false;
    if (broken) return;
    report(JSON.parse(run.advance(1)));
  },
  change({ config, rollBack }) {
    if (rollBack && broken && kept) {
      const good = data.resume(kept);
      run.free();
      run = good;
      broken = false;
      tell('rolledBack', { step: run.step });
    }
    run.reconfigure(config);
    tell('changed', { config: run.config, step: run.step });
  },
  verdicts({ id }) {
    tell('answer', { id, value: JSON.parse(run.verdicts()) });
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
    tell('failed', { id: message.id, doing: message.do, error: String(error.message ?? error) });
  }
};
