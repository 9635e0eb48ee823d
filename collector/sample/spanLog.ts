import { HAS_STATE, KEPT, type SpanTable, tierOfVerdict } from "../otlp/spanTable.ts";
import { found, readTraceState } from "../otlp/traceStateBytes.ts";
import { contentStart } from "../otlp/varint.ts";
import type { CompiledPolicy } from "./compilePolicy.ts";
import type { PolicyLabel } from "./policyLabel.ts";

/** Spans of span scope that can be explained: the latest kept ones, and the latest that were not. */
const SPANS_MAX = 131_072;
const REQUESTS_MAX = 8192;
/** Ints of an entry: trace id, verdict and size, request, randomness. */
const INTS = 8;
const VERDICT = 4;
const REQUEST = 5;
const RANDOM_HIGH = 6;
const RANDOM_LOW = 7;
/** Above the 24 bits of the upper randomness: what the policy by itself would have decided. */
const POLICY_SHIFT = 24;
const RANDOM_HIGH_MASK = 0xffffff;
const EXPLICIT = 128;
const BYTES_SHIFT = 8;
const BYTES_MAX = 0x7fffff;

export type LoggedRequest = {
  number: number;
  policy: CompiledPolicy;
  label: PolicyLabel;
  /** Thresholds by tier as they were, where budgets move them. */
  thresholdHigh: Int32Array;
  /** On the clock's `now`. */
  at: number;
  networkMs: number;
  processingMs: number;
  serializationMs: number;
  batch: number;
};

export type LoggedSpan = {
  kept: boolean;
  tier: number;
  bytes: number;
  randomHigh: number;
  randomLow: number;
  explicitRandomness: boolean;
  /** What the policy by itself would have decided; only to be read of a tier before the policy's. */
  policyTier: number;
  policyKeeps: boolean;
  /** Undefined once it is forgotten. */
  request: LoggedRequest | undefined;
};

class Ring {
  readonly ints = new Int32Array(SPANS_MAX * INTS);
  written = 0;
}

/** The latest decisions of span scope, for "why was this span kept, or not?". Costs eight stores a span; whoever asks looks through all of it. */
export class SpanLog {
  readonly #kept = new Ring();
  readonly #sampledOut = new Ring();
  readonly #requests: (LoggedRequest | undefined)[] = [];
  #number = 0;

  put(
    bytes: Buffer,
    table: SpanTable,
    { compiled, label }: { compiled: CompiledPolicy; label: PolicyLabel },
    request: Pick<LoggedRequest, "at" | "networkMs" | "processingMs" | "serializationMs" | "batch">,
  ): void {
    const number = this.#number++;
    const thresholdHigh = compiled.hasBudgets ? compiled.matcher.thresholdHigh.slice() : compiled.matcher.thresholdHigh;
    this.#requests[number % REQUESTS_MAX] = { number, policy: compiled, label, thresholdHigh, ...request };
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { idAt, verdict, policyVerdict, start, end } = table;
    const extraTiers = compiled.keepAll.length;
    for (let span = 0; span < table.spans; span++) {
      const id = idAt[span];
      if (id === 0) continue;
      const ring = (verdict[span] & KEPT) !== 0 ? this.#kept : this.#sampledOut;
      const at = (ring.written++ % SPANS_MAX) * INTS;
      const { ints } = ring;
      ints[at] = view.getInt32(id);
      ints[at + 1] = view.getInt32(id + 4);
      const third = view.getInt32(id + 8);
      const fourth = view.getInt32(id + 12);
      ints[at + 2] = third;
      ints[at + 3] = fourth;
      ints[at + VERDICT] = (Math.min(end[span] - start[span], BYTES_MAX) << BYTES_SHIFT) | (verdict[span] & ~HAS_STATE);
      ints[at + REQUEST] = number;
      ints[at + RANDOM_HIGH] = third & 0xffffff;
      ints[at + RANDOM_LOW] = fourth;
      if ((verdict[span] & HAS_STATE) !== 0) {
        readTraceState(bytes, contentStart(bytes, table.stateStart[span], table.stateEnd[span]), table.stateEnd[span]);
        if (found.randomness) {
          ints[at + VERDICT] |= EXPLICIT;
          ints[at + RANDOM_HIGH] = found.randomnessHigh;
          ints[at + RANDOM_LOW] = found.randomnessLow;
        }
      }
      if (extraTiers > 0 && tierOfVerdict(verdict[span]) < extraTiers) ints[at + RANDOM_HIGH] |= policyVerdict[span] << POLICY_SHIFT;
    }
  }

  /** Whether every span since the process started is still in it. */
  get isComplete(): boolean {
    return this.#kept.written <= SPANS_MAX && this.#sampledOut.written <= SPANS_MAX;
  }

  /** The time (on the clock's `now`) of the oldest span that is certainly still in it; undefined where even that is not known. */
  rememberedSince(): number | undefined {
    let since = Number.NEGATIVE_INFINITY;
    for (const ring of [this.#kept, this.#sampledOut]) {
      if (ring.written <= SPANS_MAX) continue;
      const oldest = this.#request(ring.ints[(ring.written % SPANS_MAX) * INTS + REQUEST]);
      if (oldest === undefined) return undefined;
      since = Math.max(since, oldest.at);
    }
    return Number.isFinite(since) ? since : undefined;
  }

  find(a: number, b: number, c: number, d: number): LoggedSpan[] {
    return [this.#kept, this.#sampledOut].flatMap((ring) => {
      const spans: LoggedSpan[] = [];
      const { ints } = ring;
      const entries = Math.min(ring.written, SPANS_MAX);
      for (let entry = 0; entry < entries; entry++) {
        const at = entry * INTS;
        if (ints[at + 3] !== d || ints[at + 2] !== c || ints[at + 1] !== b || ints[at] !== a) continue;
        spans.push({
          kept: ring === this.#kept,
          tier: tierOfVerdict(ints[at + VERDICT]),
          bytes: ints[at + VERDICT] >>> BYTES_SHIFT,
          randomHigh: ints[at + RANDOM_HIGH] & RANDOM_HIGH_MASK,
          randomLow: ints[at + RANDOM_LOW],
          policyTier: tierOfVerdict(ints[at + RANDOM_HIGH] >>> POLICY_SHIFT),
          policyKeeps: ((ints[at + RANDOM_HIGH] >>> POLICY_SHIFT) & KEPT) !== 0,
          explicitRandomness: (ints[at + VERDICT] & EXPLICIT) !== 0,
          request: this.#request(ints[at + REQUEST]),
        });
      }
      return spans;
    });
  }

  #request(number: number): LoggedRequest | undefined {
    const request = this.#requests[number % REQUESTS_MAX];
    return request?.number === number ? request : undefined;
  }
}
