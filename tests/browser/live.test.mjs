// The live page: gan watch, beside a real training.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { gan, launch, open, shot, sideways, violations } from "./browser.mjs";

let browser, folder, server, address, training;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gan-live-"));
  writeFileSync(path.join(folder, "secret.png"), "not to be served");
  const train = ["train", "--report-every", "20", "--samples-every", "100", "--batch-size", "32"];
  gan([...train, "--steps", "200"], folder);
  gan([...train, "--steps", "200", "--seed", "7"], folder);
  // Latents in the folder of the first run, and the same beside the folders of all.
  const run = "runs/00000-tutorial-mnist";
  gan(["sample", run, "--seeds", "9001,9002", "--out", "given"], folder);
  const given = ["given/seed9001.png", "given/seed9002.png"];
  gan(["project", ...given, run, "--steps", "5", "--reals", "0", "--out", `${run}/found.npy`], folder);
  copyFileSync(path.join(folder, run, "found.npy"), path.join(folder, "named.npy"));
  server = spawn(process.env.GAN, ["watch", "--listen", "127.0.0.1:0", "--latents", "named.npy"], { cwd: folder });
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
  training?.kill("SIGINT");
  server?.kill();
  await browser?.close();
  if (training) await new Promise((resolve) => (training.exitCode === null ? training.once("exit", resolve) : resolve()));
  rmSync(folder, { recursive: true, force: true });
});

/** Status and body of a request as no browser would send it. */
const ask = (target, { method = "GET", headers = {} } = {}) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    const request = http.request({ hostname, port, path: target, method, headers }, (answer) => {
      let body = "";
      answer.on("data", (bytes) => (body += bytes));
      answer.on("end", () => resolve({ status: answer.statusCode, body, headers: answer.headers }));
    });
    request.on("error", reject);
    request.end();
  });

test("the list shows every run with its latest grid and state", async () => {
  const { page, faults, close } = await open(browser, address);
  const names = await page.locator(".runs .name").allTextContents();
  assert.deepEqual(names, ["00001-tutorial-mnist", "00000-tutorial-mnist"]);
  assert.deepEqual(await page.locator(".runs .chip").allTextContents(), ["finished", "finished"]);
  await page.waitForFunction(() => document.querySelector(".runs img").naturalWidth > 100);
  assert.deepEqual(await violations(page), []);
  await shot(page, "live-list");
  assert.deepEqual(faults, []);
  await close();
});

test("a page follows a training: state, grids and curves go on without a reload", async () => {
  const args = ["train", "--steps", "1000000", "--report-every", "100", "--samples-every", "200", "--batch-size", "16"];
  training = spawn(process.env.GAN, args, { cwd: folder, stdio: "ignore" });
  const run = "00002-tutorial-mnist";
  await new Promise((resolve) => {
    const look = setInterval(() => {
      if (!readdirSync(path.join(folder, "runs")).includes(run)) return;
      clearInterval(look);
      resolve();
    }, 200);
  });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { page, faults, close } = await open(browser, `${address}runs/${run}`);
  await page.waitForFunction(() => document.getElementById("connection").textContent === "live");
  await page.locator(".chip.training").waitFor({ timeout: 20_000 });
  await page.locator("img.grid[data-run]").waitFor({ timeout: 30_000 });
  const step = () => page.locator("#now").textContent();
  const first = await step();
  await page.waitForFunction((before) => document.getElementById("now").textContent !== before, first, { timeout: 30_000 });
  assert.ok((await page.locator(".chart canvas").count()) >= 3);
  await page.waitForFunction(() => document.querySelector("img.grid[data-run]").naturalWidth > 100);
  await shot(page, "live", { fullPage: true });
  assert.deepEqual(faults, []);
  await close();
});

test("the explorer draws other pictures for other seeds, mixes, directions and truncations", async () => {
  const { page, faults, close } = await open(browser, `${address}runs/00000-tutorial-mnist`);
  await page.locator("#explore-section").waitFor({ timeout: 30_000 });
  const picture = page.locator("img.explored");
  const changed = async (act) => {
    const before = await picture.getAttribute("src");
    await act();
    await page.waitForFunction((src) => document.querySelector("img.explored").src !== src, before);
    await page.waitForFunction(() => document.querySelector("img.explored").naturalWidth > 100);
  };
  const pixels = () =>
    picture.evaluate((image) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      canvas.getContext("2d").drawImage(image, 0, 0);
      return canvas.toDataURL();
    });
  const seen = [await pixels()];
  await changed(() => page.locator("[name=seed]").fill("5"));
  seen.push(await pixels());
  assert.match(await page.locator("#explorer-command").textContent(), /gan sample .*00000-tutorial-mnist --seeds 5$/);
  await changed(() => page.locator("[name=direction0]").fill("2"));
  seen.push(await pixels());
  await changed(() => page.locator("[name=to]").fill("9"));
  await changed(() => page.locator("[name=mix]").fill("0.5"));
  seen.push(await pixels());
  await changed(() => page.locator("[name=truncation]").fill("0.3"));
  seen.push(await pixels());
  assert.equal(new Set(seen).size, seen.length);
  await page.getByRole("button", { name: "More like this one" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("#variants img")].filter((image) => image.naturalWidth > 0).length === 8);
  await changed(() => page.locator("#variants button").nth(3).click());
  assert.equal(await page.locator("[name=to]").inputValue(), "9");
  await shot(page, "explorer");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await close();
});

test("the command of the explorer draws the same pixels", async () => {
  const { headers } = await ask("/runs/00000-tutorial-mnist/explorer.png?seed=5&truncation=0.7");
  const line = headers["gan-command"];
  assert.match(line, /--seeds 5 --truncation 0.7/);
  gan([...line.split(" ").slice(1), "--out", "five.npy"], folder);
  const { page, close } = await open(browser, address);
  const corner = await page.evaluate(async () => {
    const answer = await fetch("/runs/00000-tutorial-mnist/explorer.png?seed=5&truncation=0.7");
    const image = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(28, 28);
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, 28, 28);
    return [...context.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0);
  });
  const npy = readFileSync(path.join(folder, "five.npy"));
  const values = npy.subarray(npy.length - 784 * 4);
  for (let i = 0; i < 784; i++) {
    const wanted = Math.round(Math.min(1, Math.max(0, values.readFloatLE(4 * i))) * 255);
    assert.ok(Math.abs(wanted - corner[i]) <= 1, `pixel ${i}: ${wanted} and ${corner[i]}`);
  }
  await close();
});

test("the explorer starts from latents that gan project found, in the run's folder or named", async () => {
  const { page, faults, close } = await open(browser, `${address}runs/00000-tutorial-mnist`);
  await page.locator("#explore-section").waitFor({ timeout: 30_000 });
  const options = await page.locator("[name=start] option").allTextContents();
  assert.deepEqual(options, ["seeds", "named.npy, 2 latents", "found.npy, 2 latents"]);
  const source = () => page.locator("img.explored").getAttribute("src");
  const changed = async (act) => {
    const before = await source();
    await act();
    await page.waitForFunction((src) => document.querySelector("img.explored").src !== src, before);
  };
  await changed(() => page.locator("[name=start]").selectOption("found.npy"));
  await changed(() => page.locator("[name=seed]").fill("1"));
  assert.equal(await page.locator("#explorer-seed").textContent(), "Latent");
  assert.match(await page.locator("img.explored").getAttribute("alt"), /latent 1 of found.npy/);
  const command = await page.locator("#explorer-command").textContent();
  assert.match(command, /gan sample .*00000-tutorial-mnist --latents .*found\.npy --rows 1$/);
  await changed(() => page.getByRole("button", { name: "Another latent" }).click());
  assert.ok(["0", "1"].includes(await page.locator("[name=seed]").inputValue()));
  await page.locator("[name=seed]").fill("2");
  await page.getByText("there is no latent 2, only 0 to 1").waitFor();
  assert.deepEqual(await violations(page), []);
  // The answer of 400 is told as an error, and is meant to be one.
  assert.deepEqual(faults.filter((fault) => !fault.includes("400")), []);
  await close();
});

test("a latent of a file is drawn as its command draws it, and no other file can be asked for", async () => {
  const picture = "/runs/00000-tutorial-mnist/explorer.png";
  const { status, headers } = await ask(`${picture}?latents=found.npy&row=1`);
  assert.equal(status, 200);
  gan([...headers["gan-command"].split(" ").slice(1), "--scale", "10", "--out", "second.png"], folder);
  const pixels = (page, base64) => page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    return [...canvas.getContext("2d").getImageData(0, 0, image.width, image.height).data].join();
  }, base64);
  const { page, close } = await open(browser, address);
  const drawn = readFileSync(path.join(folder, "second.png"));
  const answer = await fetch(new URL(`${picture}?latents=found.npy&row=1`, address));
  const explored = Buffer.from(await answer.arrayBuffer());
  assert.equal(await pixels(page, explored.toString("base64")), await pixels(page, drawn.toString("base64")));
  await close();
  for (const wish of ["latents=../secret.png", "latents=secret.png", "latents=%2Fetc%2Fpasswd", "latents=none.npy", "latents=found.npy&row=2", "latents=found.npy&seed=1"]) {
    const { status, body } = await ask(`${picture}?${wish}`);
    assert.equal(status, 400, wish);
    assert.ok(!body.includes("not to be served"), wish);
  }
});

test("two runs side by side are explored from the same seed", async () => {
  const { page, faults, close } = await open(browser, address);
  await page.locator("[name=first]").selectOption("00001-tutorial-mnist");
  await page.locator("[name=second]").selectOption("00000-tutorial-mnist");
  await page.getByRole("button", { name: "Side by side" }).click();
  await page.locator("#explore-section").waitFor({ timeout: 30_000 });
  await page.waitForFunction(() => [...document.querySelectorAll("img.explored")].filter((image) => image.naturalWidth > 100).length === 2);
  assert.equal(await page.locator("section:has(#differences) tbody tr").count() > 0, true);
  await shot(page, "live-comparison", { fullPage: true });
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await close();
});

test("360 pixels are wide enough for the live page", async () => {
  const { page, close } = await open(browser, `${address}runs/00000-tutorial-mnist`, { viewport: { width: 360, height: 740 } });
  await page.locator("#explore-section").waitFor({ timeout: 30_000 });
  assert.equal(await sideways(page), 0);
  await close();
});

test("another website is refused, whether it names itself or this machine", async () => {
  const { host } = new URL(address);
  assert.equal((await ask("/", { headers: { host } })).status, 200);
  assert.equal((await ask("/", { headers: { host: "evil.example" } })).status, 403);
  assert.equal((await ask("/", { headers: { host, origin: "http://evil.example" } })).status, 403);
  const embedded = { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
  assert.equal((await ask("/runs/00000-tutorial-mnist/reals.png", { headers: embedded })).status, 403);
});

test("nothing but pictures of runs is served, and nothing can be written", async () => {
  assert.equal((await ask("/runs/00000-tutorial-mnist/reals.png")).status, 200);
  for (const target of [
    "/runs/00000-tutorial-mnist/config.json",
    "/runs/00000-tutorial-mnist/checkpoint.safetensors",
    "/runs/00000-tutorial-mnist/..%2F..%2Fsecret.png",
    "/runs/00000-tutorial-mnist/../../secret.png",
    "/runs/..%2F..%2Fetc/passwd",
    "/runs/..%2F/secret.png",
    "/runs/%2E%2E/secret.png",
    "/runs/00000-tutorial-mnist/fakes-..%2Fsecret.png",
    "/secret.png",
    "/runs/none",
    "/runs/%00",
  ]) {
    const { status, body } = await ask(target);
    assert.ok([400, 404].includes(status), `${target}: ${status}`);
    assert.ok(!body.includes("not to be served"), target);
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    assert.equal((await ask("/runs/00000-tutorial-mnist", { method })).status, 405, method);
  }
});

test("impossible wishes of the explorer are refused in words", async () => {
  const base = "/runs/00000-tutorial-mnist/explorer.png";
  for (const wish of ["", "?seed=-1", "?seed=x", "?seed=1&mix=2", "?seed=1&truncation=NaN", "?seed=1&class=3", "?seed=1&moves=a,b", "?seed=1&moves=1,1,1,1,1,1,1,1,1"]) {
    const { status, body } = await ask(base + wish);
    assert.equal(status, 400, wish);
    assert.ok(body.length > 10, wish);
  }
});

test("requests that are too long or never end do not stop the server", async () => {
  const { hostname, port } = new URL(address);
  assert.equal((await ask(`/runs/${"a".repeat(2_000)}`)).status, 414);
  const raw = (text) =>
    new Promise((resolve) => {
      const socket = net.connect(Number(port), hostname, () => socket.write(text));
      let told = "";
      socket.on("data", (bytes) => (told += bytes));
      socket.on("close", () => resolve(told));
      socket.on("error", () => resolve(told));
      setTimeout(() => socket.destroy(), 3_000);
    });
  assert.match(await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(100_000)}\r\n\r\n`), /^HTTP\/1.1 431|^$/);
  assert.match(await raw("nonsense\r\n\r\n"), /^HTTP\/1.1 400/);
  const slow = Array.from({ length: 40 }, () => net.connect(Number(port), hostname));
  slow.forEach((socket) => socket.on("connect", () => socket.write("GET / HT")).on("error", () => {}));
  assert.equal((await ask("/")).status, 200);
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  assert.equal(slow.filter((socket) => !socket.closed && socket.readyState === "open").length, 0);
});
