import { DECISION_CAUSES, type DecisionCause } from "#domain/sampling/explanation.ts";
import { ByteRing } from "./byteRing.ts";
import { readWitnesses, type StoredWitness, WITNESSES_BYTES_MAX } from "./findWitnesses.ts";
import { NONE } from "./spanStore.ts";
import type { TraceVersion } from "./traceVersion.ts";

/** How many traces can be explained in full: the latest kept ones, and the latest that were not, so that a flood of those does not push the kept out. */
const KEPT_MAX = 16_384;
const SAMPLED_OUT_MAX = 32_768;
const WITNESS_RING_BYTES = 2_097_152;
const VERSIONS_MAX = 64;

/** Ints of an entry; doubles have an even place. */
const INTS = 32;
const FLAGS = 4;
const SPANS = 5;
const LATE = 6;
const TIER = 7;
const FIRST_SEEN = 8;
const DECIDED_AT = 10;
const BYTES = 12;
const DURATION = 14;
const WITNESSES = 16;
const BATCH = 18;
const THRESHOLD_HIGH = 20;
const THRESHOLD_LOW = 21;
const RANDOM_HIGH = 22;
const RANDOM_LOW = 23;
const VERSION = 24;
const NETWORK_MS = 25;
const PROCESSING_MS = 26;
const SERIALIZATION_MS = 27;
/** What the policy by itself would have decided: tier × 2, and 1 where it keeps. */
const POLICY_VERDICT = 28;

const EXPLICIT = 1;
const ROOT = 2;
const CAUSE_SHIFT = 2;

export type LoggedDecision = {
  kept: boolean;
  spans: number;
  bytes: number;
  lateSpans: number;
  tier: number;
  cause: DecisionCause;
  explicitRandomness: boolean;
  rootSeen: boolean;
  /** On the clock's `now`. */
  firstSeen: number;
  decidedAt: number;
  /** NaN: not known. */
  durationMs: number;
  thresholdHigh: number;
  thresholdLow: number;
  randomHigh: number;
  randomLow: number;
  /** What the policy by itself would have decided; only to be read of a tier before the policy's. */
  policyTier: number;
  policyKeeps: boolean;
  networkMs: number;
  processingMs: number;
  /** NaN: not sent on yet. */
  serializationMs: number;
  /** −1: not in a batch yet. */
  batch: number;
  /** Undefined when too many policies came since. */
  version: TraceVersion | undefined;
  /** Undefined when they were written over. */
  witnesses: readonly StoredWitness[] | undefined;
};

/** What is known of a decision when it is made. */
export type NewDecision = Omit<LoggedDecision, "serializationMs" | "batch" | "lateSpans" | "version" | "witnesses"> & {
  /** So many bytes of `witnesses`, written by writeWitnesses. */
  witnessBytes: number;
};

/** The latest decisions with all that led to them, for "why was this trace kept, or not?". A number names an entry until it is written over. */
export class DecisionLog {
  readonly entriesMax = KEPT_MAX + SAMPLED_OUT_MAX;
  readonly #ints = new Int32Array(this.entriesMax * INTS);
  readonly #doubles = new Float64Array(this.#ints.buffer);
  readonly #floats = new Float32Array(this.#ints.buffer);
  readonly #ring = new ByteRing(WITNESS_RING_BYTES);
  /** For whoever puts an entry. */
  readonly witnesses: Buffer = Buffer.alloc(WITNESSES_BYTES_MAX);
  readonly #versions = new Map<number, TraceVersion>();
  #kept = 0;
  #sampledOut = 0;

  /** Writes an entry down and gives its number. */
  put(a: number, b: number, c: number, d: number, version: TraceVersion, decision: NewDecision): number {
    const entry = decision.kept ? this.#kept++ % KEPT_MAX : KEPT_MAX + (this.#sampledOut++ % SAMPLED_OUT_MAX);
    const at = entry * INTS;
    const ints = this.#ints;
    const doubles = this.#doubles;
    ints[at] = a;
    ints[at + 1] = b;
    ints[at + 2] = c;
    ints[at + 3] = d;
    ints[at + FLAGS] = (decision.explicitRandomness ? EXPLICIT : 0) | (decision.rootSeen ? ROOT : 0) | (DECISION_CAUSES.indexOf(decision.cause) << CAUSE_SHIFT);
    ints[at + SPANS] = decision.spans;
    ints[at + LATE] = 0;
    ints[at + TIER] = decision.tier;
    doubles[(at + FIRST_SEEN) >> 1] = decision.firstSeen;
    doubles[(at + DECIDED_AT) >> 1] = decision.decidedAt;
    doubles[(at + BYTES) >> 1] = decision.bytes;
    doubles[(at + DURATION) >> 1] = decision.durationMs;
    doubles[(at + WITNESSES) >> 1] = decision.witnessBytes === 0 ? NONE : this.#ring.put(this.witnesses, decision.witnessBytes);
    doubles[(at + BATCH) >> 1] = NONE;
    ints[at + THRESHOLD_HIGH] = decision.thresholdHigh;
    ints[at + THRESHOLD_LOW] = decision.thresholdLow;
    ints[at + RANDOM_HIGH] = decision.randomHigh;
    ints[at + RANDOM_LOW] = decision.randomLow;
    ints[at + POLICY_VERDICT] = decision.policyTier * 2 + (decision.policyKeeps ? 1 : 0);
    ints[at + VERSION] = version.serial;
    this.#floats[at + NETWORK_MS] = decision.networkMs;
    this.#floats[at + PROCESSING_MS] = decision.processingMs;
    this.#floats[at + SERIALIZATION_MS] = Number.NaN;
    return entry;
  }

  /** A policy that decisions may name from now on. */
  remember(version: TraceVersion): void {
    this.#versions.set(version.serial, version);
    if (this.#versions.size > VERSIONS_MAX) this.#versions.delete(this.#versions.keys().next().value ?? NONE);
  }

  /** The id of what has all of the trace kept that the policy would have sampled out; undefined where there is none, or the entry is another trace's by now. */
  keptAllBy(entry: number, a: number, b: number, c: number, d: number): string | undefined {
    const at = entry * INTS;
    const ints = this.#ints;
    if (!this.#is(entry, a, b, c, d) || (ints[at + POLICY_VERDICT] & 1) === 1) return undefined;
    return this.#versions.get(ints[at + VERSION])?.compiled.keepAll.at(ints[at + TIER])?.id;
  }

  /** A span of the trace came after the decision. The entry may be another trace's by now: then nothing happens. */
  late(entry: number, a: number, b: number, c: number, d: number): void {
    if (this.#is(entry, a, b, c, d)) this.#ints[entry * INTS + LATE]++;
  }

  /** The trace's last spans so far went into a batch. */
  sent(entry: number, a: number, b: number, c: number, d: number, batch: number, serializationMs: number): void {
    if (!this.#is(entry, a, b, c, d)) return;
    this.#doubles[(entry * INTS + BATCH) >> 1] = batch;
    this.#floats[entry * INTS + SERIALIZATION_MS] = serializationMs;
  }

  /** All that is known of a trace, the newest decision first. Looks at every entry: it is asked seldom. */
  find(a: number, b: number, c: number, d: number): LoggedDecision[] {
    const found: LoggedDecision[] = [];
    for (let entry = 0; entry < this.entriesMax; entry++) if (this.#is(entry, a, b, c, d)) found.push(this.#read(entry));
    return found.sort((one, other) => other.decidedAt - one.decidedAt);
  }

  #is(entry: number, a: number, b: number, c: number, d: number): boolean {
    if (entry === NONE) return false;
    const at = entry * INTS;
    const ints = this.#ints;
    return ints[at + 3] === d && ints[at + 2] === c && ints[at + 1] === b && ints[at] === a;
  }

  #read(entry: number): LoggedDecision {
    const at = entry * INTS;
    const ints = this.#ints;
    const doubles = this.#doubles;
    const floats = this.#floats;
    const position = doubles[(at + WITNESSES) >> 1];
    const witnesses = position === NONE ? undefined : this.#ring.read(position);
    return {
      kept: entry < KEPT_MAX,
      spans: ints[at + SPANS],
      bytes: doubles[(at + BYTES) >> 1],
      lateSpans: ints[at + LATE],
      tier: ints[at + TIER],
      cause: DECISION_CAUSES[ints[at + FLAGS] >> CAUSE_SHIFT],
      explicitRandomness: (ints[at + FLAGS] & EXPLICIT) !== 0,
      rootSeen: (ints[at + FLAGS] & ROOT) !== 0,
      firstSeen: doubles[(at + FIRST_SEEN) >> 1],
      decidedAt: doubles[(at + DECIDED_AT) >> 1],
      durationMs: doubles[(at + DURATION) >> 1],
      thresholdHigh: ints[at + THRESHOLD_HIGH],
      thresholdLow: ints[at + THRESHOLD_LOW],
      randomHigh: ints[at + RANDOM_HIGH],
      randomLow: ints[at + RANDOM_LOW],
      policyTier: ints[at + POLICY_VERDICT] >> 1,
      policyKeeps: (ints[at + POLICY_VERDICT] & 1) === 1,
      networkMs: floats[at + NETWORK_MS],
      processingMs: floats[at + PROCESSING_MS],
      serializationMs: floats[at + SERIALIZATION_MS],
      batch: doubles[(at + BATCH) >> 1],
      version: this.#versions.get(ints[at + VERSION]),
      witnesses: position === NONE ? [] : witnesses && readWitnesses(witnesses),
    };
  }
}
