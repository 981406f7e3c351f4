// What the page remembers of a run: values in at most so many buckets of equal width, frames in at most so many
// pictures. When they are full, neighbours are merged and every second frame goes.
const BUCKETS = 600, FRAMES = 160;
const NAMES = ['d_loss', 'g_loss', 'real_probability', 'fake_probability', 'real_logit', 'fake_logit', 'pair_accuracy', 'd_grad_norm', 'g_grad_norm'];

export class History {
  width = 1;
  buckets = [];
  frames = [];
  latest = null;

  static from(stored) {
    return Object.assign(new History(), stored);
  }

  add(values) {
    for (const value of values) {
      this.latest = value;
      const index = Math.floor((value.step - 1) / this.width);
      let bucket = this.buckets.at(-1);
      if (!bucket || bucket.index !== index) {
        bucket = { index, count: 0, sums: NAMES.map(() => 0) };
        this.buckets.push(bucket);
        if (this.buckets.length > BUCKETS) this.#merge();
        bucket = this.buckets.at(-1);
      }
      bucket.count += 1;
      NAMES.forEach((name, i) => (bucket.sums[i] += value[name]));
    }
  }

  addFrame(step, bytes) {
    if (this.frames.at(-1)?.step === step) this.frames.pop();
    this.frames.push({ step, bytes });
    if (this.frames.length > FRAMES) this.frames = this.frames.filter((_, i, all) => i % 2 === 0 || i === all.length - 1);
  }

  /** Forgets what came after `step`. */
  forget(step) {
    this.frames = this.frames.filter((frame) => frame.step <= step);
    this.buckets = this.buckets.filter(({ index }) => index * this.width < step);
  }

  /** [[step, mean], ...] of one of the values. */
  line(name) {
    const at = NAMES.indexOf(name);
    return this.buckets.map(({ index, count, sums }) => [(index + 1) * this.width, sums[at] / count]);
  }

  #merge() {
    this.width *= 2;
    const merged = [];
    for (const { index, count, sums } of this.buckets) {
      const half = Math.floor(index / 2), last = merged.at(-1);
      if (last?.index === half) {
        last.count += count;
        sums.forEach((sum, i) => (last.sums[i] += sum));
      } else {
        merged.push({ index: half, count, sums: [...sums] });
      }
    }
    this.buckets = merged;
  }
}
