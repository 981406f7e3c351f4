// The page that gan train --watch serves, while that training goes on.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { launch, open, shot, sideways, violations } from "./browser.mjs";

let browser, folder, training, address;
const ended = () => new Promise((resolve) => (training.exitCode === null ? training.once("exit", resolve) : resolve(training.exitCode)));

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gan-training-"));
  const every = ["--report-every", "100", "--samples-every", "500", "--snapshot-every", "2000"];
  const page = ["--watch", "--listen", "127.0.0.1:0"];
  const args = ["train", "--steps", "1000000", "--batch-size", "16", ...every, ...page];
  training = spawn(process.env.GAN, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  address = await new Promise((resolve, reject) => {
    let told = "";
    training.stderr.on("data", (bytes) => {
      told += bytes;
      const found = told.match(/http:\/\/[\d.]+:\d+\/\S*/);
      if (found) resolve(found[0]);
    });
    training.on("exit", () => reject(new Error(told)));
  });
  browser = await launch();
});

after(async () => {
  training?.kill("SIGKILL");
  await browser?.close();
  if (training) await ended();
  rmSync(folder, { recursive: true, force: true });
});

test("the page of gan train --watch follows its own training without a reload", async () => {
  const { page, faults, close } = await open(browser, address);
  assert.equal(await page.locator("h1").textContent(), "00000-tutorial-mnist");
  await page.locator(".chip.training").waitFor({ timeout: 20_000 });
  await page.waitForFunction(() => document.getElementById("connection").textContent === "live");
  await page.waitForFunction(() => document.querySelector("img.grid[data-run]")?.naturalWidth > 100, null, { timeout: 30_000 });
  const [step, picture] = [page.locator("#now"), page.locator("img.grid[data-run]")];
  const [before, drawn] = [await step.textContent(), await picture.getAttribute("src")];
  await page.waitForFunction((before) => document.getElementById("now").textContent !== before, before, { timeout: 30_000 });
  assert.notEqual(await picture.getAttribute("src"), drawn);
  await page.locator(".chart canvas").first().waitFor({ timeout: 30_000 });
  assert.deepEqual(faults, []);
  await close();
});

test("its explorer draws with the newest snapshot", async () => {
  const { page, faults, close } = await open(browser, address);
  await page.locator("#explore-section").waitFor({ timeout: 60_000 });
  const drawn = () => page.locator("img.explored").getAttribute("src");
  await page.waitForFunction(() => document.querySelector("img.explored").naturalWidth > 100);
  const first = await drawn();
  await page.locator("[name=seed]").fill("5");
  await page.waitForFunction((src) => document.querySelector("img.explored").src !== src, first);
  assert.match(await page.locator("#explorer-about").textContent(), /that of step [\d,]+000\./);
  assert.deepEqual(faults, []);
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no violation of the page of a training, ${colorScheme}`, async () => {
    const { page, faults, close } = await open(browser, address, { colorScheme });
    await page.locator("#explore-section").waitFor({ timeout: 30_000 });
    await page.locator(".chart canvas").first().waitFor({ timeout: 30_000 });
    await shot(page, `training-${colorScheme}`, { fullPage: true });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
  });
}

test("360 pixels are wide enough for the page of a training", async () => {
  const { page, close } = await open(browser, address, { viewport: { width: 360, height: 740 } });
  await page.locator("#explore-section").waitFor({ timeout: 30_000 });
  assert.equal(await sideways(page), 0);
  await close();
});

test("Ctrl-C ends the training with everything saved, and the page says that nobody answers", async () => {
  const { page, close } = await open(browser, address);
  await page.waitForFunction(() => document.getElementById("connection").textContent === "live");
  training.kill("SIGINT");
  assert.equal(await ended(), 130);
  const run = path.join(folder, "runs/00000-tutorial-mnist");
  assert.ok(existsSync(path.join(run, "checkpoint.safetensors")) && existsSync(path.join(run, "report.html")));
  await page.waitForFunction(() => document.getElementById("connection").textContent !== "live", null, { timeout: 20_000 });
  await close();
});
