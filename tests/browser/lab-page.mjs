// A server for the built site, a browser, and what the tests of the lab do in it over and over.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize, resolve } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const site = resolve(process.argv[2] ?? 'target/site');
const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };
export const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
  const file = join(site, path === '/' ? 'index.html' : path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const address = `http://127.0.0.1:${server.address().port}/`;

const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? programs.find(existsSync), args: ['--no-sandbox'] });
const problems = [];

export async function visit(hash = '', options = {}) {
  const context = options.context ?? (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options }));
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`page: ${error}`));
  page.on('request', (request) => { const url = request.url(); if (!/^(data|blob):/.test(url) && !url.startsWith(address)) problems.push(`foreign request: ${url}`); });
  await page.goto(address + hash);
  await ready(page);
  return page;
}
export const ready = (page) => page.waitForFunction(() => !document.getElementById('run').disabled, null, { timeout: 120_000 });
export const step = (page) => page.$eval('#status', (it) => Number(/Step ([\d,]+)/.exec(it.textContent)?.[1].replaceAll(',', '')));
export const reaches = (page, count) => page.waitForFunction(
  (count) => Number(/Step ([\d,]+)/.exec(document.getElementById('status').textContent)?.[1].replaceAll(',', '')) >= count, count, { timeout: 240_000 });
export const hash = async (page, id) => createHash('sha256').update(await page.$eval(id, (canvas) => canvas.toDataURL())).digest('hex');
export const oneStep = async (page) => { const next = (await step(page)) + 1; await page.click('#step'); await reaches(page, next); };
export const saved = (page, count) => page.waitForFunction((count) => new Promise((done) => {
  const open = indexedDB.open('gan-lab', 1);
  open.onsuccess = () => {
    const get = open.result.transaction('runs').objectStore('runs').get('last');
    get.onsuccess = () => { const frames = get.result?.record.frames ?? []; open.result.close(); done(frames.at(-1)?.step === count); };
  };
}), count, { timeout: 60_000 });

export async function test(name, act) {
  const start = performance.now();
  await act();
  assert.deepEqual(problems, [], `after “${name}”`);
  console.log(`ok  ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** What axe finds, in light and dark. */
export async function assertAccessible(page) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.html).join(' ')}`), []);
  }
}

export async function close() {
  await browser.close();
  server.close();
}
