// The browser lab in headless Chromium: `cargo xtask web --check` runs it with the built site as argument.
// With GAN=path of the program, a saved snapshot is sampled on the command line, too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertAccessible, close, hash, oneStep, reaches, ready, saved, server, step, test, visit } from './lab-page.mjs';

let first;
await test('the page loads, and shows a picture before the first step', async () => {
  first = await visit();
  assert.equal(await step(first), 0);
});

await test('it trains 300 steps with finite losses and a changing grid', async () => {
  const before = await hash(first, '#samples');
  await first.click('#run');
  await reaches(first, 300);
  await first.click('#run');
  await first.waitForFunction(() => document.getElementById('run').textContent === 'Start');
  assert.match(await first.textContent('#status'), /Loss of D -?\d+\.\d+, of G -?\d+\.\d+/);
  assert.notEqual(await hash(first, '#samples'), before);
});

await test('a pause is exact to the step, and the slider goes back through the run', async () => {
  const at = await step(first);
  await first.waitForTimeout(400);
  assert.equal(await step(first), at);
  const now = await hash(first, '#samples');
  await first.$eval('#time', (it) => { it.value = 0; it.dispatchEvent(new Event('input')); });
  assert.match(await first.textContent('#time-label'), /Step 0/);
  assert.notEqual(await hash(first, '#samples'), now);
});

await test('slow motion shows all five stages of one image', async () => {
  for (let stage = 1; stage <= 5; stage++) {
    await first.click('#stage-next');
    await first.waitForFunction((count) => document.querySelectorAll('#stages li.on').length === count, stage);
  }
  assert.match(await first.textContent('#verdict-text'), /\d+ % real/);
  const heat = await first.$eval('#heat', (canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, 28, 28).data).size);
  assert.ok(heat > 20, 'the gradient is a picture, not one colour');
});

await test('a reload goes on where the run was, to the bit', async () => {
  const unbroken = await visit('#preset=tutorial&seed=7');
  for (let i = 0; i < 12; i++) await oneStep(unbroken);
  const expected = await hash(unbroken, '#samples');
  await unbroken.context().close();
  const resumed = await visit('#preset=tutorial&seed=7');
  for (let i = 0; i < 6; i++) await oneStep(resumed);
  await saved(resumed, 6);
  await resumed.reload();
  await ready(resumed);
  assert.equal(await step(resumed), 6);
  for (let i = 0; i < 6; i++) await oneStep(resumed);
  assert.equal(await hash(resumed, '#samples'), expected);
  await resumed.context().close();
});

await test('an infinite loss stops the run, and its cure goes on from the last good state', async () => {
  const page = await visit('#preset=tutorial&seed=1');
  await page.click('#break-infinite');
  await page.waitForFunction(() => /diverged/.test(document.getElementById('status').textContent), null, { timeout: 240_000 });
  await page.click('#cure-infinite');
  await page.waitForFunction(() => /running/.test(document.getElementById('status').textContent));
  const at = await step(page);
  await reaches(page, at + 100);
  await page.context().close();
});

await test('a critic without bounds runs away, and the gradient penalty brings it back', async () => {
  const page = await visit('#preset=mlp&seed=1');
  const losses = async () => Math.abs(Number(/Loss of D (-?[\d.]+)/.exec(await page.textContent('#status'))[1]));
  await page.click('#break-unbounded');
  await page.waitForFunction(() => Math.abs(Number(/Loss of D (-?[\d.]+)/.exec(document.getElementById('status').textContent)?.[1])) > 100, null, { timeout: 240_000 });
  await page.click('#cure-unbounded');
  await page.waitForFunction(() => Math.abs(Number(/Loss of D (-?[\d.]+)/.exec(document.getElementById('status').textContent)?.[1])) < 50, null, { timeout: 240_000 });
  assert.ok(Number.isFinite(await losses()));
  await page.context().close();
});

await test('a changed value is part of the address, and the address brings it back', async () => {
  const page = await visit('#preset=mlp&seed=4');
  await page.fill('#value-gRate', '0.0005');
  await page.press('#value-gRate', 'Tab');
  await page.waitForFunction(() => location.hash.includes('changes='));
  const shared = new URL(page.url()).hash;
  await page.fill('#value-batch', '0');
  await page.press('#value-batch', 'Tab');
  await page.waitForFunction(() => /batch_size/.test(document.getElementById('notice').textContent));
  await page.context().close();
  const other = await visit(shared);
  assert.equal(await other.inputValue('#value-gRate'), '0.0005');
  assert.equal(await other.inputValue('#seed'), '4');
  await other.context().close();
});

await test('a snapshot goes out, and comes back as the same generator', async () => {
  await first.fill('#from', '5');
  await first.waitForTimeout(300);
  const drawn = await hash(first, '#explored');
  const [download] = await Promise.all([first.waitForEvent('download'), first.click('#download')]);
  const file = join(mkdtempSync(join(tmpdir(), 'gan-lab-')), download.suggestedFilename());
  await download.saveAs(file);
  await first.setInputFiles('#open', file);
  await first.waitForFunction(() => !document.getElementById('close').hidden);
  await first.waitForTimeout(300);
  assert.equal(await hash(first, '#explored'), drawn);
  await first.click('#close');
  if (process.env.GAN) {
    const picture = join(file, '..', 'samples.png');
    execFileSync(process.env.GAN, ['sample', file, '--seeds', '0-15', '--out', picture]);
    assert.ok(existsSync(picture));
  }
});

await test("it trains on the reader's own images, and refuses what is none", async () => {
  const page = await visit('#preset=mlp&seed=2');
  const png = Buffer.from(await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [60, 40];
    canvas.getContext('2d').fillStyle = '#fff';
    canvas.getContext('2d').fillRect(20, 5, 20, 30);
    return canvas.toDataURL().split(',')[1];
  }), 'base64');
  const files = Array.from({ length: 130 }, (_, i) => ({ name: `${i}.png`, mimeType: 'image/png', buffer: png }));
  await page.setInputFiles('#own', [{ name: 'notes.txt', mimeType: 'image/png', buffer: Buffer.from('no image') }]);
  await page.waitForFunction(() => /notes\.txt/.test(document.getElementById('notice').textContent));
  await page.setInputFiles('#own', files);
  await page.waitForFunction(() => /130 images/.test(document.getElementById('notice').textContent));
  await oneStep(page);
  await page.context().close();
});

await test('Chinese, too', async () => {
  await first.click('#language');
  assert.match(await first.textContent('h1'), /实验室/);
  assert.equal(await first.$eval('html', (it) => it.lang), 'zh-CN');
  assert.ok(!/undefined|[a-z]+_[a-z]+/i.test(await first.$eval('#lesson', (it) => it.innerText)));
  await first.click('#language');
});

await test('axe finds nothing, in light and dark', async () => {
  await assertAccessible(first);
});

await test('360 pixels are wide enough', async () => {
  await first.setViewportSize({ width: 360, height: 740 });
  assert.ok((await first.evaluate(() => document.documentElement.scrollWidth)) <= 360);
});

await test('it works offline after the first load', async () => {
  await first.evaluate(() => navigator.serviceWorker.ready);
  await first.waitForFunction(() => navigator.serviceWorker.controller !== null);
  server.closeAllConnections();
  await first.context().setOffline(true);
  await first.reload();
  await ready(first);
  await oneStep(first);
});

if (process.env.SCREENSHOT) {
  await first.setViewportSize({ width: 1280, height: 900 });
  await first.screenshot({ path: process.env.SCREENSHOT, fullPage: true });
}
await close();
