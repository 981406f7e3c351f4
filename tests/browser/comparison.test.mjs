// comparison.html of gan compare, opened from disk.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { gan, launch, open, shot, sideways, violations } from "./browser.mjs";

let browser, folder, url;
const runs = ["runs/00000-tutorial-mnist", "runs/00001-tutorial-mnist"];

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gan-comparison-"));
  const train = ["train", "--steps", "200", "--report-every", "20", "--samples-every", "50", "--batch-size", "32"];
  gan(train, folder);
  gan([...train, "--seed", "7"], folder);
  gan(["compare", ...runs, "--extractor", "pixels", "--samples", "100"], folder);
  url = pathToFileURL(path.join(folder, "comparison.html")).href;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the metrics stand side by side, before what differs and the samples", async () => {
  const { page, faults, close } = await open(browser, url);
  const table = page.locator("section:has(#comparison)");
  assert.deepEqual(await table.locator("thead th").allTextContents(), ["Metric", "A", "B", "Real images", "Significant"]);
  const subjects = await table.locator("dd").allTextContents();
  subjects.forEach((subject, i) => assert.ok(subject.includes(path.basename(runs[i])), subject));
  const row = table.locator("tbody tr", { has: page.locator(".term", { hasText: "fd_pixels_100" }) });
  for (const cell of await row.locator("td").allTextContents()) assert.match(cell, /\d|A = B|better/);
  const headings = await page.locator("h2").allTextContents();
  assert.deepEqual(headings.slice(0, 3), ["Metrics side by side", "What differs", "Samples over training"]);
  assert.deepEqual(faults, []);
  await close();
});

test("commands in the text are code, not backticks", async () => {
  const { page, close } = await open(browser, url);
  assert.ok(!(await page.locator("body").innerText()).includes("`"));
  assert.equal(await page.locator("section:has(#comparison) .about code").textContent(), "gan sweep");
  await close();
});

test("what a metric means is told to the keyboard", async () => {
  const { page, close } = await open(browser, url);
  const term = page.locator("section:has(#comparison) .term", { hasText: "fd_pixels_100" });
  const tip = page.locator(`#${await term.getAttribute("aria-describedby")}`);
  assert.equal(await tip.isVisible(), false);
  await term.focus();
  assert.match(await tip.textContent(), /Fréchet/);
  assert.ok(await tip.isVisible());
  await close();
});

test("the slider and the play button go through the samples of both runs", async () => {
  const { page, faults, close } = await open(browser, url);
  const sources = () => page.locator("img.grid[data-run]").evaluateAll((all) => all.map((image) => image.src));
  const last = await sources();
  assert.equal(last.length, 2);
  await page.locator("#time").focus();
  await page.keyboard.press("Home");
  (await sources()).forEach((source, i) => assert.notEqual(source, last[i]));
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction((last) => document.querySelector("img.grid[data-run='1']").src === last, last[1], { timeout: 15_000 });
  assert.deepEqual(await sources(), last);
  assert.deepEqual(faults, []);
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no violation of a comparison, ${colorScheme}`, async () => {
    const { page, faults, close } = await open(browser, url, { colorScheme });
    await shot(page, `compare-${colorScheme}`, { fullPage: true });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
  });
}

test("360 pixels are wide enough for a comparison", async () => {
  const { page, close } = await open(browser, url, { viewport: { width: 360, height: 740 } });
  assert.equal(await sideways(page), 0);
  await close();
});
