// The reader's own images as grey squares of 28 × 28: the middle square of each, scaled down.
import { text } from './texts.js';

const SIDE = 28;

/** { name, bytes } of the files; an error names those that are no images. */
export async function readImages(files) {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const bytes = new Uint8Array(files.length * SIDE * SIDE), bad = [];
  for (const [index, file] of files.entries()) {
    const image = await createImageBitmap(file).catch(() => null);
    if (!image) { bad.push(file.name); continue; }
    const side = Math.min(image.width, image.height);
    context.fillRect(0, 0, SIDE, SIDE);
    context.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let i = 0; i < SIDE * SIDE; i++) {
      // Luma of ITU-R BT.601.
      bytes[index * SIDE * SIDE + i] = Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]);
    }
    image.close();
  }
  if (bad.length) throw new Error(text('noImages', { names: bad.join(', ') }));
  return { name: 'own', bytes };
}
