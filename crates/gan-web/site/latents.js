// Between two latents, and snapshots in and out.
import { $, notify, page } from './page.js';
import { drawGrid } from './pictures.js';
import { text } from './texts.js';

let exploring = false, exploreAgain = false;

export async function explore() {
  if (!page.config) return;
  if (exploring) { exploreAgain = true; return; }
  exploring = true;
  try {
    const value = (id) => Number($(id).value);
    const bytes = await page.lab.ask('draw', { from: value('from'), to: value('to'), between: value('between'), size: value('size') });
    drawGrid($('explored'), bytes, 1);
    $('explored').setAttribute('aria-label', text('exploredLabel', { from: value('from'), to: value('to'), percent: Math.round(100 * value('between')) }));
  } catch (error) {
    notify('failed', { error: error.message });
  } finally {
    exploring = false;
    if (exploreAgain) { exploreAgain = false; explore(); }
  }
}

export async function download() {
  const { bytes, step } = await page.lab.ask('snapshot');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = `snapshot-${String(step).padStart(6, '0')}.safetensors`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export async function openSnapshot(file) {
  try {
    await page.lab.ask('open', { bytes: new Uint8Array(await file.arrayBuffer()) });
    $('close').hidden = false;
    $('explorer-hint').textContent = text('openedHint', { name: file.name });
    explore();
  } catch (error) {
    notify('notOpened', { name: file.name, error: error.message });
  }
}

export async function closeSnapshot() {
  await page.lab.ask('close');
  $('close').hidden = true;
  $('explorer-hint').textContent = text('explorerHint');
  explore();
}
