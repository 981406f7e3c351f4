// What the lab shows of learning, in headless Chromium: steps of one network, quality, alarms, the tutorial beside.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { close, hash, oneStep, reaches, ready, saved, step, test, visit } from './lab-page.mjs';

const says = (page, id, pattern) => page.waitForFunction(
  ([id, source]) => new RegExp(source).test(document.getElementById(id).textContent), [id, pattern.source], { timeout: 240_000 });

/** Largest relative difference of a loss: sums without fused multiply-add, which drift apart from step to step. */
const TOLERANCE = 1e-5;

const gan = (folder, ...args) =>
  execFileSync(process.env.GAN, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const stored = (page) => page.evaluate(() => new Promise((done) => {
  const open = indexedDB.open('gan-lab', 1);
  open.onsuccess = () => {
    const get = open.result.transaction('runs').objectStore('runs').get('last');
    get.onsuccess = () => { open.result.close(); done(get.result); };
  };
}));

await test('one step of D, then of G alone: counted, said in words, and kept through a reload', async () => {
  const page = await visit('#preset=tutorial&seed=9');
  const before = await hash(page, '#samples');
  await page.click('#step-d');
  await reaches(page, 1);
  await says(page, 'alone', /In step 1 D alone learnt \(1 × updated\).*D\(x\) [\d.]+ → [\d.]+, D\(G\(z\)\)/);
  assert.equal(await hash(page, '#samples'), before, 'the generator stands still');
  await page.click('#step-g');
  await reaches(page, 2);
  await says(page, 'alone', /In step 2 G alone learnt/);
  const after = await hash(page, '#samples');
  assert.notEqual(after, before);
  await saved(page, 2);
  await page.reload();
  await ready(page);
  assert.equal(await step(page), 2);
  assert.equal(await hash(page, '#samples'), after);
  await oneStep(page);
  await page.context().close();
});

await test('quality beside its baseline, the digits that are drawn, and the same number as on the command line', async () => {
  const page = await visit('#preset=mlp&seed=3');
  assert.match(await page.textContent('#quality-text'), /Not measured yet/);
  await page.click('#run');
  await reaches(page, 300);
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('run').textContent === 'Start');
  await page.click('#measure');
  await says(page, 'quality-text', /Step [\d,]+: Fréchet distance [\d.e+]+ of 1,000 samples.*Other real digits have [\d.e+]+, so this is [\d.e+]+ times/);
  const words = await page.textContent('#quality-text');
  const [fd, baseline] = [/distance ([\d.e+]+)/, /digits have ([\d.e+]+)/].map((pattern) => Number(pattern.exec(words)[1]));
  assert.ok(fd > 2 * baseline && baseline > 0, words);
  const counted = (await page.getAttribute('#classes', 'aria-label')).match(/\d: (\d+)/g).map((each) => Number(each.slice(3)));
  assert.equal(counted.length, 10);
  assert.equal(counted.reduce((sum, each) => sum + each, 0), 1000);
  const folder = mkdtempSync(join(tmpdir(), 'gan-lab-'));
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
  await download.saveAs(join(folder, 'page.safetensors'));
  const lines = gan(folder, 'evaluate', 'page.safetensors', '--samples', '1000', '--json').trim().split('\n');
  const metric = lines.map((line) => JSON.parse(line)).find(({ name }) => name === 'fd_mnistcnn_1k');
  // Three digits are shown.
  assert.ok(Math.abs(metric.value / fd - 1) < 0.01, `${metric.value} and ${fd}`);
  assert.ok(Math.abs(metric.baseline.value / baseline - 1) < 0.01, `${metric.baseline.value} and ${baseline}`);
  await page.context().close();
});

await test('the guard says what goes wrong, with evidence and cure, in both languages', async () => {
  const page = await visit('#preset=tutorial&seed=1');
  await page.click('#break-strong');
  await page.waitForFunction(() => document.querySelector('#alarms li'), null, { timeout: 400_000 });
  const item = await page.textContent('#alarms li');
  assert.match(item, /Step [\d,]+: [a-z-]+\. .*What helps: /s);
  await page.click('#run');
  await page.click('#language');
  assert.match(await page.textContent('#alarms li p'), /第 [\d,]+ 步：[a-z-]+。[\u4e00-\u9fff]/);
  await page.context().close();
});

await test('the tutorial trains beside the run, from the same seed, at the same step', async () => {
  const page = await visit('#preset=mlp&seed=6');
  await page.check('#beside');
  await says(page, 'beside-text', /Step 0, from seed 6/);
  const before = await hash(page, '#beside-samples');
  await page.click('#run');
  await reaches(page, 40);
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('run').textContent === 'Start');
  await says(page, 'beside-text', new RegExp(`Step ${await step(page)}, from seed 6.*Loss of D`));
  assert.notEqual(await hash(page, '#beside-samples'), before);
  await page.click('#reset');
  await says(page, 'beside-text', /Step 0, from seed 6/);
  // It is the run that the preset makes alone.
  const alone = await visit('#preset=tutorial&seed=6');
  assert.equal(await hash(alone, '#samples'), before);
  await alone.context().close();
  await page.context().close();
});

await test('other widths start over from the same seed, in words, and come back with the address', async () => {
  const page = await visit('#preset=tutorial&seed=8');
  await oneStep(page);
  await page.fill('#value-gHidden', '64, 96');
  await page.press('#value-gHidden', 'Tab');
  await says(page, 'notice', /started over, from the same seed 8/);
  assert.equal(await step(page), 0);
  await oneStep(page);
  const picture = await hash(page, '#samples'), shared = new URL(page.url()).hash;
  await page.fill('#value-dHidden', '0');
  await page.press('#value-dHidden', 'Tab');
  await says(page, 'notice', /hidden/);
  assert.equal(await page.inputValue('#value-dHidden'), '128');
  await page.context().close();
  const other = await visit(shared);
  assert.equal(await other.inputValue('#value-gHidden'), '64, 96');
  await oneStep(other);
  assert.equal(await hash(other, '#samples'), picture);
  await other.context().close();
});

await test('the first 50 losses are those of the command line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gan-lab-'));
  gan(folder, 'train', '--preset', 'tutorial', '--seed', '0', '--steps', '50', '--report-every', '1', '--backend', 'flex');
  const expected = readFileSync(join(folder, 'runs/00000-tutorial-mnist/stats.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const page = await visit('#preset=tutorial&seed=0');
  for (let i = 0; i < 50; i++) await oneStep(page);
  await saved(page, 50);
  const buckets = (await stored(page)).record.buckets;
  assert.deepEqual([buckets.length, expected.length], [50, 50]);
  let worst = 0;
  buckets.forEach(({ sums: [d, g] }, i) => {
    for (const [ours, theirs] of [[d, expected[i]['loss/d']], [g, expected[i]['loss/g']]])
      worst = Math.max(worst, Math.abs(ours / theirs - 1));
  });
  console.log(`    largest relative difference: ${worst.toExponential(1)}`);
  assert.ok(worst < TOLERANCE, `${worst}`);
  await page.context().close();
});

await test('every paragraph of the lesson shows what it says', async () => {
  const page = await visit('#preset=mlp&seed=5');
  for (const name of await page.$$eval('#lesson button', (buttons) => buttons.map(({ id }) => id))) {
    await page.click(`#${name}`);
    await page.waitForTimeout(300);
    await page.waitForFunction(() => !document.getElementById('run').disabled);
  }
  assert.equal(await page.inputValue('#data'), 'mnist');
  assert.equal(await page.isChecked('#beside'), true);
  assert.equal(await page.$$eval('#lesson article', (all) => all.length), 11);
  await page.context().close();
});

await close();
