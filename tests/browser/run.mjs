// Opens the pages of gan in a real browser and checks what they promise.
//
//     npm ci && node run.mjs [--shots FOLDER]
//
// GAN names the program (default: target/debug/gan), CHROMIUM the browser (default:
// /usr/bin/chromium). With --shots, pictures of all pages are kept in FOLDER; report.png and explorer.png are
// those of README and guide.
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const shots = process.argv.indexOf("--shots");
if (shots > 0) process.env.SHOTS = path.resolve(process.argv[shots + 1]);
process.env.GAN = path.resolve(process.env.GAN ?? path.join(here, "../../target/debug/gan"));
process.env.CHROMIUM ??= "/usr/bin/chromium";
for (const program of [process.env.GAN, process.env.CHROMIUM]) {
  if (!existsSync(program)) {
    console.error(`${program}: not there; build it or install it first`);
    process.exit(1);
  }
}

const names = ["report", "comparison", "live", "training"].map((name) => `${name}.test.mjs`);
if (process.env.SHOTS) names.push("shots.test.mjs");
const files = names.map((name) => path.join(here, name));
let failed = false;
const tests = run({ files, concurrency: 1 });
tests.on("test:fail", () => (failed = true));
tests.compose(new spec()).pipe(process.stdout);
tests.once("end", () => (process.exitCode = failed ? 1 : 0));
