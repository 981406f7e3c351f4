// report.html, opened from disk.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { gan, launch, open, shot, sideways, violations } from "./browser.mjs";

let browser, folder, one, both;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gan-report-"));
  const train = ["train", "--steps", "400", "--report-every", "10", "--samples-every", "50"];
  const evaluated = ["--evaluate-every", "100", "--metric", "fd_pixels_200"];
  gan([...train, ...evaluated, "--batch-size", "50"], folder);
  gan([...train, "--seed", "7", "--learning-rate", "0.0004"], folder);
  gan(["evaluate", "runs/00000-tutorial-mnist", "--samples", "300"], folder);
  const report = (...args) => pathToFileURL(path.join(folder, gan(["report", ...args], folder).trim()));
  one = report("runs/00000-tutorial-mnist");
  both = report("runs/00000-tutorial-mnist", "runs/00001-tutorial-mnist", "--out", "both.html");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const grid = (page) => page.locator("img.grid[data-run='0']");

test("the report of a run shows grids and curves without an error or a foreign request", async () => {
  const { page, faults, close } = await open(browser, one.href);
  assert.equal(await page.locator("h1").textContent(), "00000-tutorial-mnist");
  assert.equal(await page.locator(".chart").count(), 7);
  assert.equal(await page.locator(".chart canvas").count(), 7);
  assert.ok(await grid(page).evaluate((image) => image.complete && image.naturalWidth > 100));
  assert.deepEqual(faults, []);
  await close();
});

test("the slider changes the picture and its step", async () => {
  const { page, close } = await open(browser, one.href);
  const last = await grid(page).getAttribute("src");
  await page.locator("#time").focus();
  await page.keyboard.press("Home");
  assert.notEqual(await grid(page).getAttribute("src"), last);
  assert.equal(await page.locator("#now").textContent(), "0");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator("#now").textContent(), "50");
  await page.keyboard.press("End");
  assert.equal(await grid(page).getAttribute("src"), last);
  await close();
});

test("the play button runs through the training and ends at its last grid", async () => {
  const { page, close } = await open(browser, one.href);
  const last = await grid(page).getAttribute("src");
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction((src) => document.querySelector("img.grid").src !== src, last);
  await page.getByRole("button", { name: "Play" }).waitFor({ timeout: 15_000 });
  assert.equal(await grid(page).getAttribute("src"), last);
  await close();
});

test("hovering a curve tells its values in all charts, a click goes to the samples of that step", async () => {
  const { page, close } = await open(browser, one.href);
  const chart = page.locator(".chart .u-over").first();
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  const [x, y] = [box.x + box.width * 0.26, box.y + box.height / 2];
  await page.mouse.move(x, y);
  const values = await page.locator(".chart .u-legend .u-series:nth-child(2) .u-value").allTextContents();
  assert.equal(values.length, 7);
  assert.match(values[0], /^\d/);
  assert.match(values[5], /^\d/);
  await page.mouse.click(x, y);
  assert.equal(await page.locator("#now").textContent(), "100");
  await close();
});

test("dragging zooms all charts and a double click shows all again", async () => {
  const { page, close } = await open(browser, one.href);
  const chart = page.locator(".chart .u-over").first();
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  const axis = () => page.locator(".chart canvas").evaluateAll((all) => all.map((c) => c.toDataURL().length + c.toDataURL().slice(-4000)));
  const before = await axis();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(box.x + box.width / 2, box.y - 60);
  const zoomed = await axis();
  zoomed.forEach((picture, i) => assert.notEqual(picture, before[i], `chart ${i}`));
  await chart.dblclick();
  await page.mouse.move(box.x + box.width / 2, box.y - 60);
  await page.waitForTimeout(100);
  assert.notEqual((await axis())[1], zoomed[1]);
  await close();
});

test("what a metric means is told to mouse and keyboard", async () => {
  const { page, close } = await open(browser, one.href);
  const term = page.locator(".term", { hasText: "fd_mnistcnn_300" });
  const tip = page.locator("th:has(.term:text('fd_mnistcnn_300')) .tip");
  assert.equal(await tip.isVisible(), false);
  await term.focus();
  assert.ok(await tip.isVisible());
  assert.match(await tip.textContent(), /Fréchet/);
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no violation, ${colorScheme}`, async () => {
    for (const url of [one, both]) {
      const { page, faults, close } = await open(browser, url.href, { colorScheme });
      await shot(page, `${url === one ? "report" : "comparison"}-${colorScheme}`, { fullPage: true });
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(faults, []);
      await close();
    }
  });
}

test("360 pixels are wide enough", async () => {
  for (const url of [one, both]) {
    const { page, close } = await open(browser, url.href, { viewport: { width: 360, height: 740 } });
    await shot(page, `${url === one ? "report" : "comparison"}-phone`, { fullPage: true });
    assert.equal(await sideways(page), 0);
    await close();
  }
});

test("on paper there are no buttons, and the colours are those of paper", async () => {
  const { page, close } = await open(browser, one.href, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#play").isVisible(), false);
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)");
  if (process.env.SHOTS) await page.pdf({ path: path.join(process.env.SHOTS, "report.pdf") });
  await close();
});

test("two runs stand side by side: differences first, curves overlaid, grids under one slider", async () => {
  const { page, faults, close } = await open(browser, both.href);
  const fields = await page.locator("section:has(#differences) tbody code").allTextContents();
  for (const field of ["batch_size", "seed", "generator_adam.learning_rate"]) {
    assert.ok(fields.includes(field), `${field} in ${fields}`);
  }
  assert.equal(await page.locator("img.grid[data-run]").count(), 2);
  const legend = await page.locator(".chart").first().locator(".u-label").allTextContents();
  assert.deepEqual(legend, ["step", "00000-tutorial-mnist", "00001-tutorial-mnist"]);
  const sources = () => page.locator("img.grid[data-run]").evaluateAll((all) => all.map((image) => image.src));
  const before = await sources();
  await page.locator("#time").focus();
  await page.keyboard.press("Home");
  (await sources()).forEach((source, i) => assert.notEqual(source, before[i]));
  assert.deepEqual(faults, []);
  await close();
});

test("without JavaScript there are still the samples, the numbers and the commands", async () => {
  const { page, close } = await open(browser, one.href, { javaScriptEnabled: false });
  assert.equal(await page.locator("#play").isVisible(), false);
  assert.ok(await grid(page).isVisible());
  assert.ok(await page.getByText("gan train --resume").isVisible());
  await close();
});
