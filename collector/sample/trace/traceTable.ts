import { hashTraceId } from "./hashTraceId.ts";
import { OUTLETS_MAX } from "./outlet.ts";
import { NONE } from "./spanStore.ts";

/** Ints of a slot: one waiting trace. Doubles overlay pairs of them, so their place is even. */
const SLOT_INTS = 32;
const ID = 0;
const FIRST = 4;
const LAST = 5;
const SPANS = 6;
const VERSION = 7;
const FLAGS = 8;
const PREV = 9;
const NEXT = 10;
const START_HIGH = 11;
const START_LOW = 12;
const END_HIGH = 13;
const END_LOW = 14;
const RANDOM_HIGH = 15;
const RANDOM_LOW = 16;
const THRESHOLD_HIGH = 17;
const THRESHOLD_LOW = 18;
const TIER = 19;
const LOG_ENTRY = 20;
const NETWORK_MS = 21;
const PROCESSING_MS = 22;
const LIST = 23;
const FIRST_SEEN = 24;
const DEADLINE = 26;

/** Flags of a slot. */
export const ROOT_SEEN = 1;
/** Its randomness was given explicitly. */
export const HAS_RANDOMNESS = 2;
/** To be kept; what is left of it here only waits for room in the queue. */
export const DECIDED = 4;
/** Has no valid trace id: found by nobody, it stands for one span. */
export const ALONE = 8;
export const HAS_START = 16;
export const HAS_END = 32;
/** Its spans lie in chunks of such as wait long. */
export const MOVED_ASIDE = 64;

/** A slot stands in one of these lists, each in the order in which its traces fall due. */
export const BY_ARRIVAL = 0;
export const BY_ROOT = 1;
/** The first of as many lists as there can be outlets: what waits for one that is full is not in the way of the others. */
export const TO_SEND = 2;
const LISTS = TO_SEND + OUTLETS_MAX;

/**
 * The traces that wait: open addressing over trace ids, slots of ints in one typed array, and lists through the slots. For `capacity` traces; memory is
 * taken as it is touched.
 */
export class TraceTable {
  readonly capacity: number;
  traces = 0;
  /** Ints of bits that a slot has: as many as the largest policy in use needs. */
  readonly words: number;
  readonly #slots: Int32Array;
  readonly #doubles: Float64Array;
  readonly #floats: Float32Array;
  readonly bits: Int32Array;
  readonly #hash: Int32Array;
  readonly #mask: number;
  readonly #seed: number;
  readonly #head = new Int32Array(LISTS).fill(NONE);
  readonly #tail = new Int32Array(LISTS).fill(NONE);
  #used = 0;
  #free = NONE;

  constructor({ capacity, words, seed }: { capacity: number; words: number; seed: number }, from?: TraceTable) {
    this.capacity = capacity;
    this.words = words;
    this.#seed = seed;
    this.#slots = new Int32Array(capacity * SLOT_INTS);
    this.#doubles = new Float64Array(this.#slots.buffer);
    this.#floats = new Float32Array(this.#slots.buffer);
    this.bits = new Int32Array(capacity * words);
    const size = 2 ** Math.ceil(Math.log2(capacity * 1.5 + 1));
    this.#hash = new Int32Array(size);
    this.#mask = size - 1;
    if (from !== undefined) this.#takeOver(from);
  }

  /** Slots keep their numbers, lists their order. */
  #takeOver(from: TraceTable): void {
    this.traces = from.traces;
    this.#slots.set(from.#slots.subarray(0, from.#used * SLOT_INTS));
    for (let slot = 0; slot < from.#used; slot++) {
      for (let word = 0; word < from.words; word++) this.bits[slot * this.words + word] = from.bits[slot * from.words + word];
    }
    this.#head.set(from.#head);
    this.#tail.set(from.#tail);
    this.#used = from.#used;
    this.#free = from.#free;
    for (let list = 0; list < LISTS; list++) {
      for (let slot = this.#head[list]; slot !== NONE; slot = this.next(slot)) if ((this.flags(slot) & ALONE) === 0) this.#enter(slot);
    }
  }

  /** The slot of a trace, or NONE. */
  find(a: number, b: number, c: number, d: number): number {
    const hash = this.#hash;
    const slots = this.#slots;
    for (let place = hashTraceId(a, b, c, d, this.#seed) & this.#mask; ; place = (place + 1) & this.#mask) {
      const entry = hash[place];
      if (entry === 0) return NONE;
      const at = (entry - 1) * SLOT_INTS;
      if (slots[at + 3] === d && slots[at + 2] === c && slots[at + 1] === b && slots[at] === a) return entry - 1;
    }
  }

  /** A new slot at the end of a list; there has to be room. An `ALONE` one can't be found by its id. */
  add(a: number, b: number, c: number, d: number, list: number, flags: number, version: number, now: number, deadline: number): number {
    let slot = this.#free;
    const slots = this.#slots;
    if (slot === NONE) slot = this.#used++;
    else this.#free = slots[slot * SLOT_INTS + NEXT];
    const at = slot * SLOT_INTS;
    slots[at + ID] = a;
    slots[at + 1] = b;
    slots[at + 2] = c;
    slots[at + 3] = d;
    slots[at + FIRST] = NONE;
    slots[at + LAST] = NONE;
    slots[at + SPANS] = 0;
    slots[at + VERSION] = version;
    slots[at + FLAGS] = flags;
    slots[at + LOG_ENTRY] = NONE;
    this.#doubles[(at + FIRST_SEEN) >> 1] = now;
    this.#doubles[(at + DEADLINE) >> 1] = deadline;
    for (let word = 0; word < this.words; word++) this.bits[slot * this.words + word] = 0;
    this.traces++;
    this.#append(slot, list);
    if ((flags & ALONE) === 0) this.#enter(slot);
    return slot;
  }

  /** Takes a trace out; its spans have to be gone already. */
  remove(slot: number): void {
    const at = slot * SLOT_INTS;
    this.#unlink(slot);
    if ((this.#slots[at + FLAGS] & ALONE) === 0) this.#leave(slot);
    this.#slots[at + NEXT] = this.#free;
    this.#free = slot;
    this.traces--;
  }

  move(slot: number, list: number): void {
    this.#unlink(slot);
    this.#append(slot, list);
  }

  first(list: number): number {
    return this.#head[list];
  }

  next(slot: number): number {
    return this.#slots[slot * SLOT_INTS + NEXT];
  }

  idWord(slot: number, word: number): number {
    return this.#slots[slot * SLOT_INTS + ID + word];
  }

  firstSpan(slot: number): number {
    return this.#slots[slot * SLOT_INTS + FIRST];
  }

  lastSpan(slot: number): number {
    return this.#slots[slot * SLOT_INTS + LAST];
  }

  spans(slot: number): number {
    return this.#slots[slot * SLOT_INTS + SPANS];
  }

  setSpans(slot: number, first: number, last: number, spans: number): void {
    const at = slot * SLOT_INTS;
    this.#slots[at + FIRST] = first;
    this.#slots[at + LAST] = last;
    this.#slots[at + SPANS] = spans;
  }

  version(slot: number): number {
    return this.#slots[slot * SLOT_INTS + VERSION];
  }

  flags(slot: number): number {
    return this.#slots[slot * SLOT_INTS + FLAGS];
  }

  flag(slot: number, flags: number): void {
    this.#slots[slot * SLOT_INTS + FLAGS] |= flags;
  }

  list(slot: number): number {
    return this.#slots[slot * SLOT_INTS + LIST];
  }

  firstSeen(slot: number): number {
    return this.#doubles[(slot * SLOT_INTS + FIRST_SEEN) >> 1];
  }

  deadline(slot: number): number {
    return this.#doubles[(slot * SLOT_INTS + DEADLINE) >> 1];
  }

  setDeadline(slot: number, deadline: number): void {
    this.#doubles[(slot * SLOT_INTS + DEADLINE) >> 1] = deadline;
  }

  /** Widens the trace's time to an unsigned 64-bit start, given in halves; 0 is not set. */
  noteStart(slot: number, high: number, low: number): void {
    if ((high | low) === 0) return;
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    if ((slots[at + FLAGS] & HAS_START) !== 0 && !isBelow(high, low, slots[at + START_HIGH], slots[at + START_LOW])) return;
    slots[at + FLAGS] |= HAS_START;
    slots[at + START_HIGH] = high;
    slots[at + START_LOW] = low;
  }

  noteEnd(slot: number, high: number, low: number): void {
    if ((high | low) === 0) return;
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    if ((slots[at + FLAGS] & HAS_END) !== 0 && !isBelow(slots[at + END_HIGH], slots[at + END_LOW], high, low)) return;
    slots[at + FLAGS] |= HAS_END;
    slots[at + END_HIGH] = high;
    slots[at + END_LOW] = low;
  }

  /** Whether the trace lasted longer than high × 2^32 + low nanoseconds. */
  isLongerThan(slot: number, high: number, low: number): boolean {
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    if ((slots[at + FLAGS] & (HAS_START | HAS_END)) !== (HAS_START | HAS_END)) return false;
    const startHigh = slots[at + START_HIGH];
    const startLow = slots[at + START_LOW];
    const endHigh = slots[at + END_HIGH];
    const endLow = slots[at + END_LOW];
    if (isBelow(endHigh, endLow, startHigh, startLow)) return false;
    const borrow = endLow >>> 0 < startLow >>> 0 ? 1 : 0;
    return isBelow(high, low, endHigh - startHigh - borrow, endLow - startLow);
  }

  /** Nanoseconds as a number, for people; undefined where it is not known. */
  durationNs(slot: number): number | undefined {
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    if ((slots[at + FLAGS] & (HAS_START | HAS_END)) !== (HAS_START | HAS_END)) return undefined;
    const high = (slots[at + END_HIGH] >>> 0) - (slots[at + START_HIGH] >>> 0);
    return high * 4294967296 + ((slots[at + END_LOW] >>> 0) - (slots[at + START_LOW] >>> 0));
  }

  /** An explicit randomness; where spans disagree, the highest counts. */
  noteRandomness(slot: number, high: number, low: number): void {
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    if ((slots[at + FLAGS] & HAS_RANDOMNESS) !== 0 && !isBelow(slots[at + RANDOM_HIGH], slots[at + RANDOM_LOW], high, low)) return;
    slots[at + FLAGS] |= HAS_RANDOMNESS;
    slots[at + RANDOM_HIGH] = high;
    slots[at + RANDOM_LOW] = low;
  }

  randomHigh(slot: number): number {
    const at = slot * SLOT_INTS;
    return (this.#slots[at + FLAGS] & HAS_RANDOMNESS) !== 0 ? this.#slots[at + RANDOM_HIGH] : this.#slots[at + ID + 2] & 0xffffff;
  }

  randomLow(slot: number): number {
    const at = slot * SLOT_INTS;
    return (this.#slots[at + FLAGS] & HAS_RANDOMNESS) !== 0 ? this.#slots[at + RANDOM_LOW] : this.#slots[at + ID + 3];
  }

  /** What was decided, for what is left of the trace here. */
  setDecision(slot: number, thresholdHigh: number, thresholdLow: number, tier: number, logEntry: number): void {
    const at = slot * SLOT_INTS;
    this.#slots[at + FLAGS] |= DECIDED;
    this.#slots[at + THRESHOLD_HIGH] = thresholdHigh;
    this.#slots[at + THRESHOLD_LOW] = thresholdLow;
    this.#slots[at + TIER] = tier;
    this.#slots[at + LOG_ENTRY] = logEntry;
  }

  thresholdHigh(slot: number): number {
    return this.#slots[slot * SLOT_INTS + THRESHOLD_HIGH];
  }

  thresholdLow(slot: number): number {
    return this.#slots[slot * SLOT_INTS + THRESHOLD_LOW];
  }

  tier(slot: number): number {
    return this.#slots[slot * SLOT_INTS + TIER];
  }

  logEntry(slot: number): number {
    return this.#slots[slot * SLOT_INTS + LOG_ENTRY];
  }

  /** How long the request that brought the first span took to come in, and to be scanned. */
  setRequestTimes(slot: number, networkMs: number, processingMs: number): void {
    this.#floats[slot * SLOT_INTS + NETWORK_MS] = networkMs;
    this.#floats[slot * SLOT_INTS + PROCESSING_MS] = processingMs;
  }

  networkMs(slot: number): number {
    return this.#floats[slot * SLOT_INTS + NETWORK_MS];
  }

  processingMs(slot: number): number {
    return this.#floats[slot * SLOT_INTS + PROCESSING_MS];
  }

  #append(slot: number, list: number): void {
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    const tail = this.#tail[list];
    slots[at + LIST] = list;
    slots[at + PREV] = tail;
    slots[at + NEXT] = NONE;
    if (tail === NONE) this.#head[list] = slot;
    else slots[tail * SLOT_INTS + NEXT] = slot;
    this.#tail[list] = slot;
  }

  #unlink(slot: number): void {
    const slots = this.#slots;
    const at = slot * SLOT_INTS;
    const list = slots[at + LIST];
    const prev = slots[at + PREV];
    const next = slots[at + NEXT];
    if (prev === NONE) this.#head[list] = next;
    else slots[prev * SLOT_INTS + NEXT] = next;
    if (next === NONE) this.#tail[list] = prev;
    else slots[next * SLOT_INTS + PREV] = prev;
  }

  #placeOf(slot: number): number {
    const at = slot * SLOT_INTS;
    const slots = this.#slots;
    return hashTraceId(slots[at], slots[at + 1], slots[at + 2], slots[at + 3], this.#seed) & this.#mask;
  }

  #enter(slot: number): void {
    let place = this.#placeOf(slot);
    while (this.#hash[place] !== 0) place = (place + 1) & this.#mask;
    this.#hash[place] = slot + 1;
  }

  // What stands behind is moved up (Knuth, 6.4, algorithm R), so that no tombstones pile up.
  #leave(slot: number): void {
    const hash = this.#hash;
    const mask = this.#mask;
    let hole = this.#placeOf(slot);
    while (hash[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let place = (hole + 1) & mask; hash[place] !== 0; place = (place + 1) & mask) {
      const home = this.#placeOf(hash[place] - 1);
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      hash[hole] = hash[place];
      hole = place;
    }
    hash[hole] = 0;
  }
}

/** a < b, both unsigned 64-bit in halves. */
function isBelow(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  const high = aHigh >>> 0;
  const other = bHigh >>> 0;
  return high < other || (high === other && aLow >>> 0 < bLow >>> 0);
}
