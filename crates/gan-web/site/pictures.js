// Bytes and values as pictures.
const SIDE = 28;

/** A grid of grey images of 28 × 28 bytes. */
export function drawGrid(canvas, bytes, columns) {
  const count = bytes.length / (SIDE * SIDE), rows = Math.ceil(count / columns);
  canvas.width = columns * SIDE;
  canvas.height = rows * SIDE;
  const picture = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < bytes.length; i++) {
    const image = Math.floor(i / (SIDE * SIDE)), y = Math.floor((i % (SIDE * SIDE)) / SIDE), x = i % SIDE;
    const at = 4 * (((Math.floor(image / columns) * SIDE + y) * columns + (image % columns)) * SIDE + x);
    picture.data[at] = picture.data[at + 1] = picture.data[at + 2] = bytes[i];
    picture.data[at + 3] = 255;
  }
  canvas.getContext('2d').putImageData(picture, 0, 0);
}

/** Values in [0, 1] as bytes. */
export const toBytes = (values) => Uint8Array.from(values, (x) => Math.round(255 * Math.min(1, Math.max(0, x))));

/** Values around 0 in two colours over a dim picture: orange where above, blue where below. */
export function drawHeat(canvas, values, pixels, columns) {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-12);
  canvas.width = columns;
  canvas.height = Math.ceil(values.length / columns);
  const picture = new ImageData(canvas.width, canvas.height);
  for (let i = 0; i < picture.data.length / 4; i++) {
    const heat = (values[i] ?? 0) / largest, grey = 90 * (pixels?.[i] ?? 0);
    const [up, down] = [Math.max(0, heat), Math.max(0, -heat)];
    picture.data.set([grey + 165 * up, grey + 80 * up + 70 * down, grey + 165 * down, 255], 4 * i);
  }
  canvas.getContext('2d').putImageData(picture, 0, 0);
}

/** Lines over the steps. `lines` are [{ values: [[step, value], ...], colour }]; `log` for a logarithmic axis. */
export function drawChart(canvas, lines, { log = false, range } = {}) {
  const scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const map = (value) => (log ? Math.log10(Math.max(value, 1e-6)) : value);
  const all = lines.flatMap(({ values }) => values.map(([, value]) => map(value))).filter(Number.isFinite);
  if (all.length === 0) return;
  let [low, high] = range ?? [Math.min(...all), Math.max(...all)];
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const last = Math.max(...lines.flatMap(({ values }) => values.slice(-1).map(([step]) => step)), 1);
  const left = 46, bottom = height - 16;
  const x = (step) => left + ((width - left - 6) * step) / last;
  const y = (value) => bottom - ((bottom - 8) * (map(value) - low)) / (high - low);
  context.strokeStyle = style.getPropertyValue('--line');
  context.fillStyle = style.getPropertyValue('--dim');
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  for (const value of [low, (low + high) / 2, high]) {
    const shown = log ? 10 ** value : value;
    context.beginPath();
    context.moveTo(left, y(shown));
    context.lineTo(width, y(shown));
    context.stroke();
    context.fillText(Math.abs(shown) >= 1000 || (log && shown < 0.01) ? shown.toExponential(1) : shown.toFixed(2), left - 4, y(shown) + 4);
  }
  context.fillText(String(last), width - 4, height - 3);
  for (const { values, colour } of lines) {
    context.strokeStyle = style.getPropertyValue(colour);
    context.lineWidth = 1.5;
    context.beginPath();
    values.forEach(([step, value], i) => (i ? context.lineTo : context.moveTo).call(context, x(step), y(value)));
    context.stroke();
  }
}
