import { OVERLAP_PAIRS_MAX, type OverlapFigures } from "#domain/sampling/overlaps.ts";

/** Spans or traces that are looked at in a second, about; that many more at the start of a burst. */
export const LOOKED_PER_S = 200;
const BURST = 4;
const BUCKET_MS = 10_000;
const BUCKETS = 6;

/** What came within ten seconds. Pairs are by first × tiers + second. */
class Bucket {
  startMs = Number.NEGATIVE_INFINITY;
  spans = 0;
  lookedAt = 0;
  /** What those that were looked at stand for. */
  weight = 0;
  readonly pairLookedAt: Float64Array;
  readonly pairWeight: Float64Array;

  constructor(tiers: number) {
    this.pairLookedAt = new Float64Array(tiers * tiers);
    this.pairWeight = new Float64Array(tiers * tiers);
  }

  begin(startMs: number): void {
    this.startMs = startMs;
    this.spans = 0;
    this.lookedAt = 0;
    this.weight = 0;
    this.pairLookedAt.fill(0);
    this.pairWeight.fill(0);
  }
}

/**
 * Counts how many spans fulfil two tiers at once, on a few of them: one in `every`, at uneven distances so that no rhythm of the traffic falls in with it. Each
 * stands for as many as were passed over on average, so the estimate stays right when the rate changes. The default tier overlaps with all, and is not counted.
 */
export class OverlapCounter {
  /** Units (spans, in trace scope traces) to pass over before the next one is looked at. */
  toSkip = 0;
  readonly #hash: () => string;
  readonly #tiers: number;
  #buckets: Bucket[] = [];
  readonly #matching: Uint8Array;
  #bucket = new Bucket(0);
  #every = 1;
  #secondStart = Number.NEGATIVE_INFINITY;
  #units = 0;
  #looks = 0;
  #sinceMs = Number.NaN;
  #random = 0x9e3779b9;

  /** `hash` is worked out when the figures are asked for; memory is taken when the first spans come. */
  constructor(hash: () => string, tiers: number) {
    this.#hash = hash;
    this.#tiers = Math.max(0, tiers - 1);
    this.#matching = new Uint8Array(Math.max(1, this.#tiers));
  }

  /** There is no pair to count. */
  get isOff(): boolean {
    return this.#tiers < 2;
  }

  /** `units` with `spans` in all have come; `now` never goes back. */
  offer(units: number, spans: number, now: number): void {
    if (now >= this.#secondStart + 1000) this.#beginSecond(now);
    this.#units += units;
    this.#bucket.spans += spans;
  }

  /** One unit that was looked at; `matchingTiers` writes the places of those that it fulfils, the default tier's left out or last. */
  look(spans: number, matchingTiers: (out: Uint8Array) => number): void {
    const bucket = this.#bucket;
    const weight = this.#every * spans;
    bucket.lookedAt += spans;
    bucket.weight += weight;
    const matching = this.#matching;
    const count = matchingTiers(matching);
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const pair = matching[a] * this.#tiers + matching[b];
        bucket.pairLookedAt[pair] += spans;
        bucket.pairWeight[pair] += weight;
      }
    }
    if (++this.#looks % (LOOKED_PER_S * BURST) === 0) this.#every *= BURST;
    this.toSkip += this.#gap();
  }

  /** Of the last minute, as far as this policy has run for one. Null where there is no pair to count, and before anything came. */
  figures(now: number): OverlapFigures | null {
    if (this.isOff || Number.isNaN(this.#sinceMs)) return null;
    this.offer(0, 0, now);
    const buckets = this.#buckets.filter(({ startMs }) => startMs > now - BUCKETS * BUCKET_MS);
    const all = (of: (bucket: Bucket) => number) => buckets.reduce((sum, bucket) => sum + of(bucket), 0);
    const spans = all((bucket) => bucket.spans);
    const weight = all((bucket) => bucket.weight);
    const pairs: OverlapFigures["pairs"] = [];
    for (let first = 0; first < this.#tiers; first++) {
      for (let second = first + 1; second < this.#tiers; second++) {
        const at = first * this.#tiers + second;
        const lookedAt = all((bucket) => bucket.pairLookedAt[at]);
        if (lookedAt > 0) pairs.push({ first, second, lookedAt, spans: (all((bucket) => bucket.pairWeight[at]) / weight) * spans });
      }
    }
    pairs.sort((a, b) => b.lookedAt - a.lookedAt);
    return {
      hash: this.#hash(),
      windowMs: now - Math.max(this.#sinceMs, Math.min(...buckets.map(({ startMs }) => startMs))),
      spans,
      lookedAt: all((bucket) => bucket.lookedAt),
      pairs: pairs.slice(0, OVERLAP_PAIRS_MAX),
      pairsLeftOut: Math.max(0, pairs.length - OVERLAP_PAIRS_MAX),
    };
  }

  #beginSecond(now: number): void {
    if (Number.isNaN(this.#sinceMs)) {
      this.#sinceMs = now;
      this.#buckets = Array.from({ length: BUCKETS }, () => new Bucket(this.#tiers));
    }
    const seconds = Math.max(1, (now - this.#secondStart) / 1000);
    this.#every = Math.max(1, Math.ceil(this.#units / seconds / LOOKED_PER_S));
    this.toSkip = Math.min(this.toSkip, 2 * this.#every);
    this.#secondStart = now;
    this.#units = 0;
    this.#looks = 0;
    const number = Math.floor(now / BUCKET_MS);
    if (number * BUCKET_MS === this.#bucket.startMs) return;
    this.#bucket = this.#buckets[number % BUCKETS];
    this.#bucket.begin(number * BUCKET_MS);
  }

  /** 1 to 2 × every − 1, uniformly (xorshift32). */
  #gap(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return 1 + ((x >>> 0) % (2 * this.#every - 1));
  }
}
