// Points of the plane in the lab, in headless Chromium.
import assert from 'node:assert/strict';
import { assertAccessible, close, hash, oneStep, reaches, ready, saved, step, test, visit } from './lab-page.mjs';

/** Colours in a picture: a plane without field, dots and net has one. */
const colours = (page, id) => page.$eval(id, (canvas) => new Set(new Uint32Array(
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size);
const drawn = (page) => page.waitForFunction(() => document.getElementById('plane').width > 300);

let page;
await test('a ring of points trains, with field, points and net, and no section for images', async () => {
  page = await visit('#data=ring&preset=points&seed=1');
  await drawn(page);
  const before = await hash(page, '#plane');
  assert.ok((await colours(page, '#plane')) > 50);
  assert.equal(await page.isVisible('#slow-title'), false);
  assert.match(await page.textContent('#quality-text'), /MNIST's digits alone/);
  await page.click('#run');
  await reaches(page, 60);
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('run').textContent === 'Start');
  await page.waitForFunction((before) => document.getElementById('plane').toDataURL() !== before, before);
  assert.notEqual(await hash(page, '#plane'), before);
});

await test('it learns the ring: after 600 steps most points lie near its spots', async () => {
  await page.click('#run');
  await reaches(page, 600);
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('run').textContent === 'Start');
  await saved(page, await step(page));
  const near = await page.evaluate(() => new Promise((done) => {
    const open = indexedDB.open('gan-lab', 1);
    open.onsuccess = () => {
      const get = open.result.transaction('runs').objectStore('runs').get('last');
      get.onsuccess = () => {
        const points = get.result.record.frames.at(-1).bytes;
        let near = 0;
        for (let i = 0; i < points.length; i += 2) near += Math.abs(Math.hypot(points[i], points[i + 1]) - 1) < 0.2 ? 1 : 0;
        done(near / (points.length / 2));
      };
    };
  }));
  assert.ok(near > 0.5, `${near} of the points are within 0.2 of the ring`);
});

await test('the address says which points, and a reload goes on', async () => {
  const at = await step(page);
  assert.match(page.url(), /data=ring/);
  await page.reload();
  await ready(page);
  assert.equal(await step(page), at);
  await oneStep(page);
});

await test('a latent of two numbers starts over from the same seed, in words', async () => {
  await page.fill('#value-latentDim', '2');
  await page.press('#value-latentDim', 'Tab');
  await page.waitForFunction(() => /started over, from the same seed 1/.test(document.getElementById('notice').textContent));
  assert.equal(await step(page), 0);
  assert.match(decodeURIComponent(page.url()), /"dim":2/);
  await oneStep(page);
});

await test('a grid, and back to digits', async () => {
  await page.selectOption('#data', 'grid');
  await page.waitForFunction(() => /data=grid/.test(location.hash));
  await oneStep(page);
  await page.selectOption('#data', 'mnist');
  await page.waitForFunction(() => !/data=/.test(location.hash));
  assert.equal(await page.isVisible('#plane'), false);
  assert.equal(await page.inputValue('#preset'), 'mlp');
  await oneStep(page);
});

await test('points that the reader drew, by mouse and by keyboard, survive a reload', async () => {
  await page.selectOption('#data', 'draw');
  await page.locator('#pad').scrollIntoViewIfNeeded();
  const box = await page.locator('#pad').boundingBox();
  await page.mouse.move(box.x + 0.2 * box.width, box.y + 0.5 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.8 * box.width, box.y + 0.5 * box.height, { steps: 30 });
  await page.mouse.up();
  await page.focus('#pad');
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press(' ');
  assert.match(await page.getAttribute('#pad', 'aria-label'), /[1-9]\d* places; the cursor is at 0\.00, 0\.40/);
  await page.click('#pad-train');
  await page.waitForFunction(() => /data=draw/.test(location.hash));
  // Two steps: the run before it has been kept after one.
  await oneStep(page);
  await oneStep(page);
  await saved(page, 2);
  await page.reload();
  await ready(page);
  assert.equal(await step(page), 2);
  await oneStep(page);
});

await test('axe finds nothing there, and 360 pixels are wide enough', async () => {
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
});

await close();
