// The pictures of README and guide: pages of a run that has something to show.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { gan, launch, open, shot } from "./browser.mjs";

let browser, folder, server, address;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gan-shots-"));
  const every = ["--report-every", "20", "--samples-every", "100", "--snapshot-every", "500"];
  const measured = ["--evaluate-every", "250", "--metric", "fd_mnistcnn_2k"];
  gan(["train", "--preset", "mlp", "--steps", "1500", ...every, ...measured], folder);
  gan(["evaluate", "--samples", "2000"], folder);
  gan(["report"], folder);
  server = spawn(process.env.GAN, ["watch", "--listen", "127.0.0.1:0"], { cwd: folder });
  address = await new Promise((resolve, reject) => {
    let told = "";
    server.stderr.on("data", (bytes) => {
      told += bytes;
      const found = told.match(/http:\/\/[\d.]+:\d+\//);
      if (found) resolve(found[0]);
    });
    server.on("exit", () => reject(new Error(told)));
  });
  browser = await launch();
});

after(async () => {
  server?.kill();
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const view = { viewport: { width: 1000, height: 1000 } };

test("the report", async () => {
  const url = pathToFileURL(path.join(folder, "runs/00000-mlp-mnist/report.html")).href;
  const { page, faults, close } = await open(browser, url, view);
  await shot(page, "report", { fullPage: true, clip: { x: 0, y: 0, width: 1000, height: 1400 } });
  assert.deepEqual(faults, []);
  await close();
});

test("the explorer", async () => {
  const { page, faults, close } = await open(browser, `${address}runs/00000-mlp-mnist`, view);
  await page.locator("#explore-section").waitFor({ timeout: 30_000 });
  const drawn = () => page.locator("img.explored").getAttribute("src");
  const first = await drawn();
  await page.locator("[name=direction0]").fill("1.5");
  await page.waitForFunction((src) => document.querySelector("img.explored").src !== src, first);
  await page.getByRole("button", { name: "More like this one" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("#variants img")].filter((image) => image.naturalWidth > 0).length === 8);
  await page.locator("#explore-section").scrollIntoViewIfNeeded();
  const box = await page.locator("#explore-section").boundingBox();
  assert.ok(box.height > 300);
  await page.locator("#explore-section").screenshot({ path: path.join(process.env.SHOTS, "explorer.png") });
  assert.deepEqual(faults, []);
  await close();
});
