// An exported generator in onnxruntime-web, here under Node; in a page the import is the only difference.
//
//   npm install onnxruntime-web && node onnxruntime-web.mjs GENERATOR.onnx [CLASS]
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web";

const [, , file, label] = process.argv;
const session = await ort.InferenceSession.create(await readFile(file));
const [latentsInput] = session.inputMetadata;
const count = 4;
const dim = latentsInput.shape[1];
// Box and Muller's normal numbers, for a generator of normal latents.
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const latents = Float32Array.from({ length: count * dim }, normal);
const feeds = { latents: new ort.Tensor("float32", latents, [count, dim]) };
if (session.inputNames.includes("classes")) {
  feeds.classes = new ort.Tensor("int64", new BigInt64Array(count).fill(BigInt(label ?? 0)), [count]);
}
const { images } = await session.run(feeds);
console.log(`images ${images.dims.join(" × ")}, the first value ${images.data[0].toFixed(4)}`);
