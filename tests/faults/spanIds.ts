const FIRST_SLOTS = 1 << 16;
const IDS_MAX = 1 << 25;

/** A set of span ids that knows how often each came and when it came first: 22 bytes an id in typed arrays, open addressing, at most 33 million ids. */
export class SpanIds {
  size = 0;
  /** All that were added, repeats included. */
  added = 0;
  #high = new Uint32Array(FIRST_SLOTS);
  #low = new Uint32Array(FIRST_SLOTS);
  #times = new Uint16Array(FIRST_SLOTS);
  #firstAt = new Float64Array(FIRST_SLOTS);

  add(high: number, low: number, atMs: number): void {
    if ((this.size + 1) * 2 > this.#times.length) this.#grow();
    const slot = this.#slot(high, low);
    this.added++;
    if (this.#times[slot] === 0) {
      this.size++;
      this.#high[slot] = high;
      this.#low[slot] = low;
      this.#firstAt[slot] = atMs;
    }
    if (this.#times[slot] < 65_535) this.#times[slot]++;
  }

  /** How often it came. */
  times(high: number, low: number): number {
    return this.#times[this.#slot(high, low)];
  }

  firstAt(high: number, low: number): number | undefined {
    const slot = this.#slot(high, low);
    return this.#times[slot] === 0 ? undefined : this.#firstAt[slot];
  }

  /** Arrivals beyond the first of each id. */
  get duplicates(): number {
    return this.added - this.size;
  }

  #slot(high: number, low: number): number {
    const mask = this.#times.length - 1;
    let slot = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> 0;
    for (slot = (slot ^ (slot >>> 15)) & mask; this.#times[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#low[slot] === low && this.#high[slot] === high) return slot;
    }
    return slot;
  }

  #grow(): void {
    if (this.size >= IDS_MAX) throw new Error(`more than ${IDS_MAX} span ids`);
    const [high, low, times, firstAt] = [this.#high, this.#low, this.#times, this.#firstAt];
    const slots = times.length * 2;
    this.#high = new Uint32Array(slots);
    this.#low = new Uint32Array(slots);
    this.#times = new Uint16Array(slots);
    this.#firstAt = new Float64Array(slots);
    for (let old = 0; old < times.length; old++) {
      if (times[old] === 0) continue;
      const slot = this.#slot(high[old], low[old]);
      this.#high[slot] = high[old];
      this.#low[slot] = low[old];
      this.#times[slot] = times[old];
      this.#firstAt[slot] = firstAt[old];
    }
  }
}
