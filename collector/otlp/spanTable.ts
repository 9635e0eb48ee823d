/** Most spans, scopes and resources of one request; what has more is refused as a whole. */
export const REQUEST_SPANS_MAX = 1_048_576;
const CAPACITY_FIRST = 4096;
/** Tiers before those of the policy (domain/fleet/keepAll.ts). */
export const EXTRA_TIERS_MAX = 16;

/** Bits of a verdict; the tier stands in the six bits between them. */
export const KEPT = 1;
export const HAS_STATE = 128;
export function tierOfVerdict(verdict: number): number {
  return (verdict >> 1) & 63;
}

/** What the scan found in one request, in columns that are reused for the next one. All positions are offsets into the request's buffer. */
export class SpanTable {
  readonly capacityMax: number;
  /** Spans: the field's first byte and its end. */
  spans = 0;
  start = new Int32Array(CAPACITY_FIRST);
  end = new Int32Array(CAPACITY_FIRST);
  /** KEPT and HAS_STATE, and the tier in between: one column, because every column costs the scan a store per span. */
  verdict = new Uint8Array(CAPACITY_FIRST);
  /** Only of spans that a tier before the policy's decided on: tier and KEPT as the policy by itself would have it. */
  policyVerdict = new Uint8Array(CAPACITY_FIRST);
  /** Only where HAS_STATE is set. trace_state: how often it occurs, where the last one is (whole field), and the bytes of all occurrences. */
  stateCount = new Int32Array(CAPACITY_FIRST);
  stateStart = new Int32Array(CAPACITY_FIRST);
  stateEnd = new Int32Array(CAPACITY_FIRST);
  stateBytes = new Int32Array(CAPACITY_FIRST);
  /** Where the rewritten trace_state field of a kept span lies in `side`; a start of −1: the span goes out as it came in. */
  sideStart = new Int32Array(CAPACITY_FIRST);
  sideEnd = new Int32Array(CAPACITY_FIRST);
  side = new Uint8Array(16_384);
  sideUsed = 0;
  /** ScopeSpans: field, content, end, first span, resource; `scopeOut`: bytes of the content as it will go out, 0 when nothing is kept. */
  scopes = 0;
  scopeBody = new Int32Array(CAPACITY_FIRST);
  scopeStart = new Int32Array(CAPACITY_FIRST);
  scopeEnd = new Int32Array(CAPACITY_FIRST);
  scopeSpan = new Int32Array(CAPACITY_FIRST + 1);
  scopeOut = new Int32Array(CAPACITY_FIRST);
  /** ResourceSpans, alike. */
  resources = 0;
  resourceBody = new Int32Array(CAPACITY_FIRST);
  resourceEnd = new Int32Array(CAPACITY_FIRST);
  resourceScope = new Int32Array(CAPACITY_FIRST + 1);
  resourceOut = new Int32Array(CAPACITY_FIRST);
  /** Where its trace id stands; 0: nowhere. */
  idAt = new Int32Array(CAPACITY_FIRST);
  /** Span scope only, where it is asked for: traceIdHash of the id, worked out while its bytes are at hand. Without an id it says nothing. */
  hashesIds = false;
  idHash = new Int32Array(0);
  /**
   * Trace scope only (`forTraces`): where the parent's id and the times stand (0: not there; a parent of −1 is there, but no id), and the comparisons that
   * each span fulfils, `words` ints a span.
   */
  readonly forTraces: boolean;
  /** The spans have been checked all the way down before, and the scan need not do it again. */
  isChecked = false;
  parentAt = new Int32Array(0);
  startAt = new Int32Array(0);
  endAt = new Int32Array(0);
  bits = new Int32Array(0);
  words = 1;
  /** Totals by tier: spans and bytes, [tier × 2] sampled out, [tier × 2 + 1] kept. */
  readonly tierSpans = new Float64Array(128);
  readonly tierBytes = new Float64Array(128);
  /** By extra tier: spans and bytes that it keeps and the policy would have sampled out. */
  readonly extraSpans = new Float64Array(EXTRA_TIERS_MAX);
  readonly extraBytes = new Float64Array(EXTRA_TIERS_MAX);

  constructor({ capacityMax = REQUEST_SPANS_MAX, forTraces = false } = {}) {
    this.capacityMax = capacityMax;
    this.forTraces = forTraces;
    if (forTraces) this.#growForTraces(this.start.length);
  }

  clear(): void {
    this.spans = 0;
    this.scopes = 0;
    this.resources = 0;
    this.sideUsed = 0;
    this.tierSpans.fill(0);
    this.tierBytes.fill(0);
    this.extraSpans.fill(0);
    this.extraBytes.fill(0);
  }

  /** Makes room for more spans; false when the bound is reached. */
  growSpans(): boolean {
    const size = grownSize(this.start.length, this.capacityMax);
    if (size === 0) return false;
    this.start = grown(this.start, size);
    this.end = grown(this.end, size);
    this.stateCount = grown(this.stateCount, size);
    this.stateStart = grown(this.stateStart, size);
    this.stateEnd = grown(this.stateEnd, size);
    this.stateBytes = grown(this.stateBytes, size);
    this.sideStart = grown(this.sideStart, size);
    this.sideEnd = grown(this.sideEnd, size);
    this.idAt = grown(this.idAt, size);
    if (this.hashesIds) this.idHash = grown(this.idHash, size);
    this.verdict = grownBytes(this.verdict, size);
    this.policyVerdict = grownBytes(this.policyVerdict, size);
    if (this.forTraces) this.#growForTraces(size);
    return true;
  }

  hashIds(): void {
    this.hashesIds = true;
    this.idHash = new Int32Array(this.start.length);
  }

  /** Makes the column of bits fit a matcher with so many words; what it held is gone. */
  useWords(words: number): void {
    this.words = words;
    if (this.bits.length < this.start.length * words) this.bits = new Int32Array(this.start.length * words);
  }

  /** Takes a span over from another table of the same kind and words, whose request's bytes lie `by` further on here. */
  addMoved(from: SpanTable, span: number, by: number): void {
    if (this.spans === this.start.length) this.growSpans();
    const own = this.spans++;
    this.start[own] = from.start[span] + by;
    this.end[own] = from.end[span] + by;
    this.idAt[own] = moved(from.idAt[span], by);
    this.parentAt[own] = moved(from.parentAt[span], by);
    this.startAt[own] = moved(from.startAt[span], by);
    this.endAt[own] = moved(from.endAt[span], by);
    this.verdict[own] = from.verdict[span];
    if ((from.verdict[span] & HAS_STATE) !== 0) {
      this.stateCount[own] = from.stateCount[span];
      this.stateStart[own] = from.stateStart[span] + by;
      this.stateEnd[own] = from.stateEnd[span] + by;
      this.stateBytes[own] = from.stateBytes[span];
    }
    const { words } = this;
    for (let word = 0; word < words; word++) this.bits[own * words + word] = from.bits[span * words + word];
  }

  #growForTraces(size: number): void {
    this.parentAt = grown(this.parentAt, size);
    this.startAt = grown(this.startAt, size);
    this.endAt = grown(this.endAt, size);
    this.bits = grown(this.bits, size * this.words);
  }

  growScopes(): boolean {
    const size = grownSize(this.scopeBody.length, this.capacityMax);
    if (size === 0) return false;
    this.scopeStart = grown(this.scopeStart, size);
    this.scopeBody = grown(this.scopeBody, size);
    this.scopeEnd = grown(this.scopeEnd, size);
    this.scopeOut = grown(this.scopeOut, size);
    this.scopeSpan = grown(this.scopeSpan, size + 1);
    return true;
  }

  growResources(): boolean {
    const size = grownSize(this.resourceBody.length, this.capacityMax);
    if (size === 0) return false;
    this.resourceBody = grown(this.resourceBody, size);
    this.resourceEnd = grown(this.resourceEnd, size);
    this.resourceOut = grown(this.resourceOut, size);
    this.resourceScope = grown(this.resourceScope, size + 1);
    return true;
  }
}

/** 0 and −1 say that nothing stands anywhere. */
function moved(at: number, by: number): number {
  return at > 0 ? at + by : at;
}

function grownSize(size: number, max: number): number {
  return size >= max ? 0 : Math.min(max, size * 2);
}

function grown(column: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(size);
  next.set(column);
  return next;
}

function grownBytes(column: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(size);
  next.set(column);
  return next;
}
