import type { HistogramSnapshot } from "./measurement.ts";

export const HISTOGRAM_BUCKETS_MAX = 160;
export const HISTOGRAM_SCALE_MAX = 20;
const SCALE_MIN = -10;

/**
 * Base-2 exponential histogram of the OpenTelemetry metrics data model: base = 2^(2^-scale), bucket i covers (base^i, base^(i+1)]. It begins at the
 * finest scale and halves its resolution only when the values seen need more than 160 buckets. An index is always taken at scale 20 and shifted,
 * so recording and merging in any order give the same buckets.
 */
export class ExponentialHistogram {
  scale = HISTOGRAM_SCALE_MAX;
  count = 0;
  sum = 0;
  min = 0;
  max = 0;
  zeroCount = 0;
  /** Index of the bucket in `counts[0]`, at `scale`; without meaning while `used` is 0. */
  offset = 0;
  /** Buckets in use, from `counts[0]` on. */
  used = 0;
  readonly counts = new Float64Array(HISTOGRAM_BUCKETS_MAX);

  /** Takes one duration in seconds and allocates nothing. Zero and less count as zero; what is not a finite number is left out. */
  record(seconds: number): void {
    if (!(seconds < Number.POSITIVE_INFINITY && seconds > Number.NEGATIVE_INFINITY)) return;
    const value = Math.max(seconds, 0);
    if (this.count === 0 || value < this.min) this.min = value;
    if (this.count === 0 || value > this.max) this.max = value;
    this.count++;
    this.sum += value;
    if (value === 0) this.zeroCount++;
    else this.#add(indexAtFinest(value) >> (HISTOGRAM_SCALE_MAX - this.scale), 1);
  }

  reset(): void {
    this.scale = HISTOGRAM_SCALE_MAX;
    this.count = 0;
    this.sum = 0;
    this.min = 0;
    this.max = 0;
    this.zeroCount = 0;
    this.offset = 0;
    this.used = 0;
    this.counts.fill(0);
  }

  /** Adds everything `other` holds. The result's scale is the finest that both allow and that fits the buckets. */
  merge(other: ExponentialHistogram): void {
    if (other.count === 0) return;
    if (this.count === 0 || other.min < this.min) this.min = other.min;
    if (this.count === 0 || other.max > this.max) this.max = other.max;
    this.count += other.count;
    this.sum += other.sum;
    this.zeroCount += other.zeroCount;
    if (other.used === 0) return;
    if (other.scale < this.scale) this.downscale(this.scale - other.scale);
    for (let slot = 0; slot < other.used; slot++) {
      const count = other.counts[slot];
      if (count > 0) this.#add((other.offset + slot) >> (other.scale - this.scale), count);
    }
  }

  /** Makes buckets 2^steps times as wide. */
  downscale(steps: number): void {
    if (steps <= 0) return;
    this.scale -= steps;
    if (this.used === 0) return;
    const offset = this.offset >> steps;
    const used = ((this.offset + this.used - 1) >> steps) - offset + 1;
    for (let slot = 0; slot < this.used; slot++) {
      const count = this.counts[slot];
      this.counts[slot] = 0;
      this.counts[((this.offset + slot) >> steps) - offset] += count;
    }
    this.offset = offset;
    this.used = used;
  }

  /** The value below or at which a share `q` of what was recorded lies (nearest rank), in seconds, within relativeErrorMax(); null when empty. */
  quantile(q: number): number | null {
    if (this.count === 0) return null;
    const rank = Math.min(this.count, Math.max(1, Math.ceil(q * this.count)));
    if (rank === this.count) return this.max;
    let seen = this.zeroCount;
    if (rank <= seen) return 0;
    for (let slot = 0; slot < this.used; slot++) {
      seen += this.counts[slot];
      if (seen >= rank) return Math.min(this.max, Math.max(this.min, this.#middle(this.offset + slot)));
    }
    return this.max;
  }

  /** How far, relative to the true value, a quantile can be off at the present scale. */
  relativeErrorMax(): number {
    const base = 2 ** (2 ** -this.scale);
    return (base - 1) / (base + 1);
  }

  snapshot(): HistogramSnapshot {
    const counts = Array.from(this.counts.subarray(0, this.used));
    return {
      scale: this.scale,
      count: this.count,
      sum: this.sum,
      min: this.min,
      max: this.max,
      zeroCount: this.zeroCount,
      offset: this.used === 0 ? 0 : this.offset,
      counts,
    };
  }

  /** Rebuilds a histogram from what snapshot() or another process gave. More than 160 buckets are merged into wider ones. */
  static fromSnapshot(snapshot: HistogramSnapshot): ExponentialHistogram {
    const histogram = new ExponentialHistogram();
    histogram.count = snapshot.count;
    histogram.sum = snapshot.sum;
    histogram.min = snapshot.min;
    histogram.max = snapshot.max;
    histogram.zeroCount = snapshot.zeroCount;
    histogram.scale = Math.min(HISTOGRAM_SCALE_MAX, Math.max(SCALE_MIN, snapshot.scale));
    for (const [slot, count] of snapshot.counts.entries()) {
      if (count > 0) histogram.#add((snapshot.offset + slot) >> (snapshot.scale - histogram.scale), count);
    }
    return histogram;
  }

  // The harmonic mean of the bounds: the point whose largest relative error to either end is smallest.
  #middle(index: number): number {
    const width = 2 ** -this.scale;
    const lower = 2 ** (index * width);
    const upper = 2 ** ((index + 1) * width);
    return upper === Number.POSITIVE_INFINITY ? lower : lower === 0 ? upper : lower * (2 / (lower / upper + 1));
  }

  #add(index: number, count: number): void {
    let at = index;
    if (this.used === 0) {
      this.offset = at;
      this.used = 1;
    } else {
      const low = Math.min(at, this.offset);
      const high = Math.max(at, this.offset + this.used - 1);
      let steps = 0;
      while ((high >> steps) - (low >> steps) >= HISTOGRAM_BUCKETS_MAX) steps++;
      this.downscale(steps);
      at >>= steps;
      if (at < this.offset) {
        const shift = this.offset - at;
        this.counts.copyWithin(shift, 0, this.used);
        this.counts.fill(0, 0, shift);
        this.offset = at;
        this.used += shift;
      } else if (at >= this.offset + this.used) this.used = at - this.offset + 1;
    }
    this.counts[at - this.offset] += count;
  }
}

/** Bucket index at scale 20: ceil(log2(v) × 2^20) − 1, upper bound inclusive (OpenTelemetry metrics data model, "Exponential Scale"). */
function indexAtFinest(value: number): number {
  return Math.ceil(Math.log2(value) * 2 ** HISTOGRAM_SCALE_MAX) - 1;
}
