import type { KeySet } from "./keyTests.ts";
import type { TextMatcher } from "./textMatcher.ts";

/** A span longer than high × 2^32 + low nanoseconds sets the bit. */
export type LatencyTest = { high: number; low: number; bit: number };

/** A threshold as the upper 25 and the lower 32 of its 57 bits (2^56: never keep) and the `ot=th:…` that goes with it. */
export type TierThreshold = { high: number; low: number; traceState: Uint8Array };

/** One comparison of the decision program: on to `whenSet` or `whenClear`; a negative target −1 − t is tier t. */
export type DecisionStep = { bit: number; whenSet: number; whenClear: number };

/** One comparison that a single span has to fulfil by itself: a program whose targets −1 and −2 are yes and no, and the bit it sets. */
export type SameSpanTest = { entry: number; bit: number };

/** Bits that only a whole trace can set. */
export type TraceTests = { latency: readonly LatencyTest[]; spanCounts: readonly { atLeast: number; bit: number }[] };

export type WireMatcherParts = {
  atoms: number;
  /** Masks for bit word 0 by status code 0..2 and by span kind 0..5; their atoms have the lowest bits. */
  statusBits: readonly number[];
  kindBits: readonly number[];
  latency: readonly LatencyTest[];
  /** What is asked of the span's name. */
  name: TextMatcher;
  spanKeys: KeySet;
  resourceKeys: KeySet;
  steps: readonly DecisionStep[];
  /** Where the program begins: a step, or −1 − t. */
  entry: number;
  /** So many tiers stand before those of the policy; they keep all that matches them. */
  extraTiers: number;
  /** Where the program begins that passes over those. */
  policyEntry: number;
  /** Where each tier's condition alone begins: a program whose targets −1 and −2 are yes and no. */
  tierEntries: readonly number[];
  tiers: readonly TierThreshold[];
  sameSpan: readonly SameSpanTest[];
  trace: TraceTests;
};

/** Up to here every combination of bits has its tier in a table. */
const TABLE_ATOMS_MAX = 12;

/** A policy in the form the scan reads: tests that set bits, and a program from bits to the tier. */
export class WireMatcher {
  readonly words: number;
  readonly bits: Int32Array;
  /** What the resource alone sets; every span of the resource begins with it. */
  readonly resourceBits: Int32Array;
  readonly statusBits: Int32Array;
  readonly kindBits: Int32Array;
  readonly latencyHigh: Int32Array;
  /** Lower halves of bounds and thresholds have the sign bit flipped, so that a signed comparison orders them as unsigned. */
  readonly latencyLowFlipped: Int32Array;
  readonly latencyBit: Int32Array;
  readonly name: TextMatcher;
  readonly spanKeys: KeySet;
  readonly resourceKeys: KeySet;
  readonly tiers: number;
  readonly extraTiers: number;
  readonly thresholdHigh: Int32Array;
  readonly thresholdLowFlipped: Int32Array;
  readonly traceState: Uint8Array[];
  readonly sameSpan: readonly SameSpanTest[];
  readonly trace: TraceTests;
  readonly table: Uint8Array | null;
  readonly #stepBit: Int32Array;
  readonly #whenSet: Int32Array;
  readonly #whenClear: Int32Array;
  readonly #entry: number;
  readonly #policyEntry: number;
  readonly #tierEntries: Int32Array;

  constructor(parts: WireMatcherParts) {
    this.words = Math.max(1, (parts.atoms + 31) >> 5);
    this.bits = new Int32Array(this.words);
    this.resourceBits = new Int32Array(this.words);
    this.statusBits = Int32Array.from(parts.statusBits);
    this.kindBits = Int32Array.from(parts.kindBits);
    this.latencyHigh = Int32Array.from(parts.latency, (test) => test.high);
    this.latencyLowFlipped = Int32Array.from(parts.latency, (test) => test.low ^ 0x80000000);
    this.latencyBit = Int32Array.from(parts.latency, (test) => test.bit);
    this.name = parts.name;
    this.spanKeys = parts.spanKeys;
    this.resourceKeys = parts.resourceKeys;
    this.tiers = parts.tiers.length;
    this.extraTiers = parts.extraTiers;
    this.thresholdHigh = Int32Array.from(parts.tiers, (tier) => tier.high);
    this.thresholdLowFlipped = Int32Array.from(parts.tiers, (tier) => tier.low ^ 0x80000000);
    this.traceState = parts.tiers.map((tier) => tier.traceState);
    this.sameSpan = parts.sameSpan;
    this.trace = parts.trace;
    this.#stepBit = Int32Array.from(parts.steps, (step) => step.bit);
    this.#whenSet = Int32Array.from(parts.steps, (step) => step.whenSet);
    this.#whenClear = Int32Array.from(parts.steps, (step) => step.whenClear);
    this.#entry = parts.entry;
    this.#policyEntry = parts.policyEntry;
    this.#tierEntries = Int32Array.from(parts.tierEntries);
    this.table = parts.atoms <= TABLE_ATOMS_MAX ? this.#tabulate(parts.atoms) : null;
  }

  /** Another threshold for one tier, for everything that is decided from now on. */
  setThreshold(tier: number, { high, low, traceState }: TierThreshold): void {
    this.thresholdHigh[tier] = high;
    this.thresholdLowFlipped[tier] = low ^ 0x80000000;
    this.traceState[tier] = traceState;
  }

  /** Whether a tier keeps what has this randomness (24 and 32 bits). */
  keeps(tier: number, randomHigh: number, randomLow: number): boolean {
    const high = this.thresholdHigh[tier];
    return randomHigh > high || (randomHigh === high && (randomLow ^ 0x80000000) >= this.thresholdLowFlipped[tier]);
  }

  /** Sets the bits of those comparisons that one span fulfils by itself, from the bits it has set so far. */
  testSameSpan(bits: Int32Array): void {
    for (const { entry, bit } of this.sameSpan) if (this.#run(entry, bits) === 0) bits[bit >> 5] |= 1 << (bit & 31);
  }

  /** The tier that `bits` lead to. */
  tierOf(bits: Int32Array): number {
    return this.table === null ? this.#run(this.#entry, bits) : this.table[bits[0]];
  }

  /** The tier of the policy that `bits` would lead to without the extra ones. */
  policyTierOf(bits: Int32Array): number {
    return this.#run(this.#policyEntry, bits);
  }

  /** Writes the places in the policy of all its tiers whose condition holds to `out`, in order; returns how many. The last tier, which takes everything, is left out. */
  matchingTiers(bits: Int32Array, out: Uint8Array): number {
    const { extraTiers } = this;
    let count = 0;
    for (let tier = extraTiers; tier < this.tiers - 1; tier++) if (this.#run(this.#tierEntries[tier], bits) === 0) out[count++] = tier - extraTiers;
    return count;
  }

  #run(entry: number, bits: Int32Array): number {
    let step = entry;
    while (step >= 0) {
      const bit = this.#stepBit[step];
      step = (bits[bit >> 5] & (1 << (bit & 31))) !== 0 ? this.#whenSet[step] : this.#whenClear[step];
    }
    return -1 - step;
  }

  #tabulate(atoms: number): Uint8Array {
    const bits = new Int32Array(1);
    return Uint8Array.from({ length: 1 << atoms }, (_, word) => {
      bits[0] = word;
      return this.#run(this.#entry, bits);
    });
  }
}
