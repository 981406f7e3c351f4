// Points of the plane: D's field behind real and generated points, and where G takes a grid of latents.
import { $, page } from './page.js';
import { text } from './texts.js';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

let looking = false, again = null;

/** Draws the plane as it is now; `fakes` are the points of a moment, `reals` those of the data. */
export async function showPlane(fakes) {
  const { lab, corners } = page;
  if (!corners || page.broken) return;
  if (looking) { again = fakes; return; }
  looking = true;
  try {
    const seen = await lab.ask('plane', { corners });
    if (page.corners === corners) drawPlane(fakes, page.reals, seen);
  } catch { /* the next look will do */ } finally {
    looking = false;
    if (again) { const next = again; again = null; showPlane(next); }
  }
}

function drawPlane(fakes, reals, { field, fieldSide, manifold, manifoldSide }) {
  const canvas = $('plane'), side = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)) || 448;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  drawField(context, field, fieldSide, side);
  const [left, bottom, right, top] = page.corners;
  const x = (value) => (side * (value - left)) / (right - left), y = (value) => (side * (top - value)) / (top - bottom);
  context.strokeStyle = colour('--dim');
  context.lineWidth = side / 900;
  context.beginPath();
  const at = (row, column) => { const i = 2 * (row * manifoldSide + column); return [x(manifold[i]), y(manifold[i + 1])]; };
  for (let row = 0; row < manifoldSide; row++) {
    for (let column = 0; column < manifoldSide; column++) {
      if (column) { context.moveTo(...at(row, column - 1)); context.lineTo(...at(row, column)); }
      if (row) { context.moveTo(...at(row - 1, column)); context.lineTo(...at(row, column)); }
    }
  }
  context.stroke();
  dots(context, reals, x, y, colour('--d'), side / 320);
  dots(context, fakes, x, y, colour('--g'), side / 260);
}

function dots(context, points, x, y, fill, size) {
  context.fillStyle = fill;
  for (let i = 0; i + 1 < points.length && i < 2000; i += 2) context.fillRect(x(points[i]) - size / 2, y(points[i + 1]) - size / 2, size, size);
}

/** Logits as tints of the two colours, strongest at the ends of their range: blue where D leans to real. */
function drawField(context, field, cells, side) {
  const sorted = Float32Array.from(field).sort(), middle = sorted[sorted.length >> 1];
  const reach = Math.max(sorted.at(-1) - middle, middle - sorted[0], 1e-6);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches, back = dark ? [21, 23, 26] : [255, 255, 255];
  const [real, fake] = dark ? [[60, 110, 190], [190, 95, 50]] : [[150, 185, 240], [250, 190, 150]];
  const picture = new ImageData(cells, cells);
  field.forEach((logit, i) => {
    const lean = (logit - middle) / reach, tint = lean > 0 ? real : fake, part = Math.min(1, Math.sqrt(Math.abs(lean)));
    picture.data.set([...back.map((value, c) => value + part * (tint[c] - value)), 255], 4 * i);
  });
  const small = new OffscreenCanvas(cells, cells);
  small.getContext('2d').putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, side, side);
}

// Draw your own --------------------------------------------------------------------------------------------

const strokes = [];
let cursor = [0, 0];
const MOST = 4000;

export const drawnStrokes = () => Float32Array.from(strokes);

export function setUpPad() {
  const pad = $('pad');
  let down = false;
  const put = (px, py) => {
    const box = pad.getBoundingClientRect();
    add([(2 * (px - box.left)) / box.width - 1, 1 - (2 * (py - box.top)) / box.height]);
  };
  pad.addEventListener('pointerdown', (event) => { down = true; pad.setPointerCapture(event.pointerId); put(event.clientX, event.clientY); });
  pad.addEventListener('pointermove', (event) => { if (down) for (const each of event.getCoalescedEvents?.() ?? [event]) put(each.clientX, each.clientY); });
  for (const end of ['pointerup', 'pointercancel']) pad.addEventListener(end, () => { down = false; });
  const moves = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
  pad.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (move) cursor = cursor.map((value, i) => Math.min(1, Math.max(-1, value + move[i])));
    else if (event.key === ' ') add(cursor);
    else return;
    event.preventDefault();
    drawPad();
  });
  $('pad-clear').addEventListener('click', () => { strokes.length = 0; drawPad(); });
  drawPad();
}

function add(place) {
  if (strokes.length < 2 * MOST) strokes.push(...place);
  drawPad();
}

export function drawPad() {
  const pad = $('pad'), side = pad.width, context = pad.getContext('2d');
  context.clearRect(0, 0, side, side);
  const to = (value) => (side * (value + 1)) / 2;
  context.fillStyle = colour('--d');
  for (let i = 0; i < strokes.length; i += 2) context.fillRect(to(strokes[i]) - 2, side - to(strokes[i + 1]) - 2, 4, 4);
  context.strokeStyle = colour('--dim');
  context.strokeRect(to(cursor[0]) - 5, side - to(cursor[1]) - 5, 10, 10);
  pad.setAttribute('aria-label', text('padLabel', { count: strokes.length / 2, x: cursor[0].toFixed(2), y: cursor[1].toFixed(2) }));
  $('pad-train').disabled = strokes.length === 0 || !page.ready;
}
