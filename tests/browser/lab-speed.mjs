// Size, speed and memory of the lab, for docs/browser.md: node lab-speed.mjs SITE [MINUTES], in a folder with
// playwright-core and axe-core such as target/browser-tests. Where GAN is set, `gan bench` is run beside it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { close, visit } from './lab-page.mjs';

const site = resolve(process.argv[2] ?? 'target/site'), minutes = Number(process.argv[3] ?? 10), STEPS = 20_000;
const wasm = readFileSync(join(site, 'pkg/gan_web_bg.wasm'));
const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
console.log(`wasm: ${mb(wasm.length)}, gzip ${mb(gzipSync(wasm, { level: 9 }).length)}, brotli ${mb(brotliCompressSync(wasm).length)}`);

const times = [];
for (let i = 0; i < 5; i++) {
  const start = performance.now();
  const page = await visit('#preset=tutorial');
  times.push(performance.now() - start);
  await page.context().close();
}
console.log(`first picture, new browser profile, localhost, of five: ${times.map((time) => (time / 1000).toFixed(2)).join(', ')} s`);
await close();

const module = await import(pathToFileURL(join(site, 'pkg/gan_web.js')));
const { memory } = await module.default({ module_or_path: wasm });
const data = module.Data.mnist(readFileSync(join(site, 'data/mnist.zst')));
const run = data.start(data.preset('tutorial', 0));
run.advance(50);
const native = () => {
  if (!process.env.GAN) return;
  const args = ['bench', '--preset', 'tutorial', '--batch-size', '100', '--backend', 'flex', '--threads', '1'];
  console.log(`gan ${args.join(' ')}:\n${execFileSync(process.env.GAN, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()}`);
};
const pace = (steps) => {
  const start = performance.now();
  for (let i = 0; i < steps; i += 10) run.advance(10);
  return (performance.now() - start) / steps;
};
for (let i = 0; i < 3; i++) {
  console.log(`tutorial, steps of 100 images in Node ${process.version}: ${pace(200).toFixed(2)} ms a step`);
  native();
}
const start = performance.now();
let next = 1000;
while (run.step < STEPS && performance.now() - start < minutes * 60_000) {
  run.advance(10);
  if (run.step >= next) {
    console.log(`step ${run.step}: memory ${mb(memory.buffer.byteLength)}`);
    next = next < 4000 ? next * 2 : next + 4000;
  }
}
console.log(`step ${run.step}: memory ${mb(memory.buffer.byteLength)} after ${((performance.now() - start) / 1000).toFixed(0)} s`);
