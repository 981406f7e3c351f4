// How a run starts: preset, seed, and what it trains on.
import { readImages } from './images.js';
import { $, failed, isOfPoints, page } from './page.js';
import { merge } from './store.js';

export const chosen = () => ({ preset: $('preset').value, seed: Number($('seed').value) });

export async function startAnew({ patch } = {}) {
  const { preset, seed } = chosen();
  page.base = JSON.parse(await page.lab.ask('preset', { name: preset, seed }));
  page.rebuilt = false;
  page.lab.tell('start', { config: JSON.stringify(patch === undefined ? page.base : merge(page.base, patch)) });
}

/** Trains on other data from the next start on. */
export async function use(source) {
  await page.lab.ask('use', { source });
  page.source = source;
  fitPresets($('preset').value);
}

export async function trainOn(source) {
  try {
    await use(source);
    await startAnew();
  } catch (error) {
    failed(error);
    $('data').value = page.source.kind;
  }
}

export async function trainOnFiles(files) {
  try {
    await trainOn({ kind: 'own', ...(await readImages(files)) });
  } catch (error) {
    failed(error);
  }
}

/** Points have a preset of their own; the others are for images. */
export function fitPresets(preset) {
  const points = isOfPoints();
  document.body.dataset.of = points ? 'points' : 'images';
  for (const option of $('preset').options) option.hidden = option.disabled = (option.value === 'points') !== points;
  const fits = [...$('preset').options].some(({ value, disabled }) => value === preset && !disabled);
  $('preset').value = fits ? preset : points ? 'points' : 'mlp';
  $('data').value = page.source.kind;
  $('data').querySelector('[value=own]').hidden = page.source.kind !== 'own';
  $('pad-box').hidden = page.source.kind !== 'draw';
}
