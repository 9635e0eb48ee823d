import { hashTraceId } from "./hashTraceId.ts";
import { NONE } from "./spanStore.ts";

/** Ints of an entry: id, threshold, tier and outcome, place in the decision log, and when it was decided (a double). */
const ENTRY_INTS = 10;
const THRESHOLD_HIGH = 4;
const THRESHOLD_LOW = 5;
const META = 6;
const LOG_ENTRY = 7;
const DECIDED_AT = 8;

/** What late spans of a trace are to follow. Reused by every `find`. */
export type CachedDecision = { kept: boolean; tier: number; thresholdHigh: number; thresholdLow: number; logEntry: number; decidedAt: number };

/**
 * The latest decisions by trace id, in the order they were taken: a ring, so the oldest makes room, and what is older than `ttlMs` is gone whether or not
 * anybody asks. Bounded; memory is taken as it is touched.
 */
export class DecisionCache {
  readonly entriesMax: number;
  ttlMs: number;
  readonly found: CachedDecision = { kept: false, tier: 0, thresholdHigh: 0, thresholdLow: 0, logEntry: NONE, decidedAt: 0 };
  hits = 0;
  misses = 0;
  /** Made room for a newer one before their time. */
  evictions = 0;
  expirations = 0;
  readonly #entries: Int32Array;
  readonly #doubles: Float64Array;
  readonly #hash: Int32Array;
  readonly #mask: number;
  readonly #seed: number;
  /** Both count on for ever; an entry's place is the remainder. */
  #first = 0;
  #end = 0;

  constructor({ entriesMax, ttlMs, seed }: { entriesMax: number; ttlMs: number; seed: number }, from?: DecisionCache) {
    this.entriesMax = entriesMax;
    this.ttlMs = ttlMs;
    this.#seed = seed;
    this.#entries = new Int32Array(entriesMax * ENTRY_INTS);
    this.#doubles = new Float64Array(this.#entries.buffer);
    const size = 2 ** Math.ceil(Math.log2(entriesMax * 1.5 + 1));
    this.#hash = new Int32Array(size);
    this.#mask = size - 1;
    if (from !== undefined) this.#takeOver(from);
  }

  get entries(): number {
    return this.#end - this.#first;
  }

  /** Whether there is a decision on a trace, in `found`. */
  find(a: number, b: number, c: number, d: number, now: number): boolean {
    this.expire(now);
    const place = this.#placeOf(a, b, c, d);
    if (this.#hash[place] === 0) {
      this.misses++;
      return false;
    }
    this.hits++;
    this.#read(this.#hash[place] - 1);
    return true;
  }

  /** The same without counting, for explanations. */
  peek(a: number, b: number, c: number, d: number, now: number): boolean {
    this.expire(now);
    const entry = this.#hash[this.#placeOf(a, b, c, d)];
    if (entry === 0) return false;
    this.#read(entry - 1);
    return true;
  }

  /** Remembers a decision on a trace that is not remembered yet. */
  put(a: number, b: number, c: number, d: number, decision: CachedDecision): void {
    const place = this.#placeOf(a, b, c, d);
    if (this.#hash[place] !== 0) return;
    let target = place;
    if (this.entries === this.entriesMax) {
      this.#dropFirst();
      this.evictions++;
      // The hole that it left may have been filled from behind.
      target = this.#placeOf(a, b, c, d);
    }
    const index = this.#end++ % this.entriesMax;
    const at = index * ENTRY_INTS;
    const entries = this.#entries;
    entries[at] = a;
    entries[at + 1] = b;
    entries[at + 2] = c;
    entries[at + 3] = d;
    entries[at + THRESHOLD_HIGH] = decision.thresholdHigh;
    entries[at + THRESHOLD_LOW] = decision.thresholdLow;
    entries[at + META] = (decision.tier << 1) | (decision.kept ? 1 : 0);
    entries[at + LOG_ENTRY] = decision.logEntry;
    this.#doubles[(at + DECIDED_AT) >> 1] = decision.decidedAt;
    this.#hash[target] = index + 1;
  }

  /** Forgets what is older than its time to live. */
  expire(now: number): void {
    while (this.#first < this.#end && this.#doubles[((this.#first % this.entriesMax) * ENTRY_INTS + DECIDED_AT) >> 1] + this.ttlMs <= now) {
      this.#dropFirst();
      this.expirations++;
    }
  }

  /** Where the trace stands in the hash, or where it would. */
  #placeOf(a: number, b: number, c: number, d: number): number {
    const hash = this.#hash;
    const entries = this.#entries;
    for (let place = hashTraceId(a, b, c, d, this.#seed) & this.#mask; ; place = (place + 1) & this.#mask) {
      const entry = hash[place];
      if (entry === 0) return place;
      const at = (entry - 1) * ENTRY_INTS;
      if (entries[at + 3] === d && entries[at + 2] === c && entries[at + 1] === b && entries[at] === a) return place;
    }
  }

  #read(index: number): void {
    const at = index * ENTRY_INTS;
    const entries = this.#entries;
    const { found } = this;
    found.kept = (entries[at + META] & 1) === 1;
    found.tier = entries[at + META] >> 1;
    found.thresholdHigh = entries[at + THRESHOLD_HIGH];
    found.thresholdLow = entries[at + THRESHOLD_LOW];
    found.logEntry = entries[at + LOG_ENTRY];
    found.decidedAt = this.#doubles[(at + DECIDED_AT) >> 1];
  }

  #dropFirst(): void {
    const index = this.#first++ % this.entriesMax;
    const hash = this.#hash;
    const mask = this.#mask;
    let hole = this.#homeOf(index);
    while (hash[hole] !== index + 1) hole = (hole + 1) & mask;
    for (let place = (hole + 1) & mask; hash[place] !== 0; place = (place + 1) & mask) {
      if (((place - this.#homeOf(hash[place] - 1)) & mask) < ((place - hole) & mask)) continue;
      hash[hole] = hash[place];
      hole = place;
    }
    hash[hole] = 0;
  }

  #homeOf(index: number): number {
    const at = index * ENTRY_INTS;
    const entries = this.#entries;
    return hashTraceId(entries[at], entries[at + 1], entries[at + 2], entries[at + 3], this.#seed) & this.#mask;
  }

  /** Another size: the newest that fit come along, and the counts. */
  #takeOver(from: DecisionCache): void {
    this.hits = from.hits;
    this.misses = from.misses;
    this.evictions = from.evictions;
    this.expirations = from.expirations;
    const excess = from.entries - this.entriesMax;
    for (let left = 0; left < excess; left++) {
      from.#dropFirst();
      this.evictions++;
    }
    for (let entry = from.#first; entry < from.#end; entry++) {
      const index = entry % from.entriesMax;
      const at = index * ENTRY_INTS;
      from.#read(index);
      this.put(from.#entries[at], from.#entries[at + 1], from.#entries[at + 2], from.#entries[at + 3], from.found);
    }
  }
}
