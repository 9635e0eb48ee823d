// One piece of over 400 lines: span scope, trace scope and examples share the scratch columns and counters, and nothing of it may allocate per span.
import { GROUPS } from "#domain/sampling/compare/comparisonCounts.ts";
import type { ShadowExample, ShadowReport, ShadowState } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { Clock } from "../../clock.ts";
import { readResource, scanMore } from "../../otlp/scanTraces.ts";
import { KEPT, SpanTable, tierOfVerdict } from "../../otlp/spanTable.ts";
import { advanceBudgets, announceToBudget, type CompiledPolicy, compilePolicy, offerToBudget } from "../compilePolicy.ts";
import type { PolicyLabel } from "../policyLabel.ts";
import { hashTraceId } from "../trace/hashTraceId.ts";
import { NONE, type SpanStore } from "../trace/spanStore.ts";
import { tierOfTrace } from "../trace/tierOfTrace.ts";
import type { TraceTable } from "../trace/traceTable.ts";
import { BOTH, CANDIDATE_ONLY, ComparisonCounter, LIVE_ONLY, NEITHER } from "./comparisonCounter.ts";
import { ExampleRing } from "./exampleRing.ts";
import { readExampleSpan } from "./exampleSpan.ts";
import { ServiceNames } from "./serviceNames.ts";
import { type Pace, ShadowPace } from "./shadowPace.ts";
import type { DecidedTrace, TraceShadow } from "./traceShadow.ts";

/** The same on every collector, so that groups can be added up and a trace is compared wherever its spans come. */
const SEED = 0x5eed;
const MINUTE_MS = 60_000;
const NO_ID = 0;

export type RunningPolicy = { compiled: CompiledPolicy; label: PolicyLabel };
export type ShadowParts = {
  candidate: SamplingPolicy;
  minutes: number;
  live: RunningPolicy;
  clock: Clock;
  /** CPU time of this thread so far, in milliseconds. */
  threadCpuMs: () => number;
  /** Memory is short: then the shadow ends. */
  isMemoryTight: () => boolean;
  /** Without it as many traces are compared as the CPU time allows. */
  pace?: Pace;
};

/**
 * Counts what a candidate policy would do with what the running one decides on, and changes nothing. Its memory does not grow with the traffic; where it would take too
 * much CPU it looks at fewer traces (`ShadowPace`). Ends by itself.
 */
export class Shadow implements TraceShadow {
  readonly #candidate: CompiledPolicy;
  readonly #clock: Clock;
  readonly #threadCpuMs: () => number;
  readonly #isMemoryTight: () => boolean;
  readonly #endsAt: number;
  readonly #into: SpanTable;
  readonly #services = new ServiceNames();
  readonly #newlyDropped = new ExampleRing();
  readonly #newlyKept = new ExampleRing();
  readonly #pace: Pace;
  #live: RunningPolicy;
  #counter: ComparisonCounter;
  #state: ShadowState = "running";
  #since: number;
  #until: number | undefined;
  #sinceMs: number;
  #restarts = 0;
  // Of the spans that are looked at in one go: which of the request's, of what service, and by which hash of their trace's id.
  #chosen = new Int32Array(1024);
  #service = new Int32Array(1024);
  #hash = new Int32Array(1024);
  #bits: Int32Array;
  // Runs of spans of one service within a trace.
  #runs = 0;
  #runService = new Int32Array(64);
  #runSpans = new Float64Array(64);
  #runBytes = new Float64Array(64);
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor({ candidate, minutes, live, clock, threadCpuMs, isMemoryTight, pace }: ShadowParts) {
    this.#candidate = compilePolicy(candidate);
    this.#clock = clock;
    this.#threadCpuMs = threadCpuMs;
    this.#isMemoryTight = isMemoryTight;
    this.#live = live;
    this.#since = clock.now();
    this.#sinceMs = clock.unixMs();
    this.#endsAt = this.#since + minutes * MINUTE_MS;
    this.#into = new SpanTable({ forTraces: candidate.scope === "trace" });
    this.#into.isChecked = true;
    this.#bits = new Int32Array(this.#candidate.matcher.words);
    this.#into.useWords(this.#candidate.matcher.words);
    this.#pace = pace ?? new ShadowPace(this.#since, threadCpuMs);
    this.#counter = this.#newCounter();
  }

  /** Why it can't compare with what runs now; undefined when it can. */
  get #refusal(): string | undefined {
    if (this.#candidate.policy.scope === "span" || this.#live.compiled.policy.scope === "trace") return undefined;
    return "the running policy decides span by span and keeps no traces together, so one of trace scope can't be tried beside it";
  }

  /** Another policy runs from now on: the counting begins anew. */
  liveChanged(live: RunningPolicy): void {
    this.#live = live;
    if (!this.#look()) return;
    this.#counter = this.#newCounter();
    this.#since = this.#clock.now();
    this.#sinceMs = this.#clock.unixMs();
    this.#restarts++;
  }

  stop(): void {
    this.#end("stopped");
  }

  /** Span scope: a request that was decided and taken, as `table` says. */
  accepted(bytes: Buffer, table: SpanTable, compiled: CompiledPolicy): void {
    if (table.spans === 0 || compiled !== this.#live.compiled || !this.#look() || this.#refusal !== undefined) return;
    const now = this.#clock.now();
    this.#counter.seenSpans += table.spans;
    for (let verdict = 0; verdict < table.tierBytes.length; verdict++) this.#counter.seenBytes += table.tierBytes[verdict];
    const view = this.#viewOf(bytes);
    this.#choose(view, table);
    advanceBudgets(this.#candidate, now);
    if (this.#scanChosen(bytes, view, table)) this.#countSpans(bytes, table, now);
    this.#pace.spent(this.#clock.now() - now, table.spans);
  }

  /** Trace scope: a trace that was decided. */
  decided(trace: DecidedTrace): void {
    const { table, slot, compiled, bytes } = trace;
    if (compiled !== this.#live.compiled || !this.#look() || this.#refusal !== undefined) return;
    this.#counter.seenSpans += table.spans(slot);
    this.#counter.seenBytes += bytes;
    const [a, b, c, d] = [table.idWord(slot, 0), table.idWord(slot, 1), table.idWord(slot, 2), table.idWord(slot, 3)];
    const hash = (a | b | c | d) === 0 ? NO_ID : hashTraceId(a, b, c, d, SEED);
    if (hash !== NO_ID && !this.#pace.takes(c, d)) return;
    const began = this.#clock.now();
    advanceBudgets(this.#candidate, began);
    if (this.#candidate.policy.scope === "trace") this.#compareTrace(trace, hash, began);
    else this.#compareItsSpans(trace, hash, began);
    this.#pace.spent(this.#clock.now() - began, table.spans(slot));
  }

  late(): void {
    if (this.#state === "running") this.#counter.late++;
  }

  report(): ShadowReport {
    this.#look();
    const { policy } = this.#live.compiled;
    const state = this.#state === "running" && this.#refusal !== undefined ? "refused" : this.#state;
    return {
      state,
      reason: state === "refused" ? (this.#refusal ?? "") : "",
      countingSinceMs: this.#sinceMs,
      windowMs: Math.max(0, (this.#until ?? this.#clock.now()) - this.#since),
      restarts: this.#restarts,
      live: {
        revision: this.#live.label.revision,
        hasBudget: this.#live.compiled.hasBudgets,
        scope: policy.scope,
        decisionWaitMs: policy.scope === "trace" ? policy.decisionWaitMs : 0,
        decisionWaitAfterRootMs: policy.scope === "trace" ? policy.decisionWaitAfterRootMs : 0,
      },
      share: this.#pace.share,
      cpuMs: this.#pace.cpuMs,
      threadCpuMs: Math.max(this.#pace.threadCpuMs, this.#pace.cpuMs),
      counts: this.#counter.counts(this.#services.names),
      newlyDropped: [...this.#newlyDropped.examples],
      newlyKept: [...this.#newlyKept.examples],
    };
  }

  /** False when it has ended. */
  #look(): boolean {
    if (this.#state !== "running") return false;
    const now = this.#clock.now();
    this.#pace.look(now);
    if (now >= this.#endsAt) this.#end("ended");
    else if (this.#isMemoryTight()) this.#end("memory");
    return this.#until === undefined;
  }

  #end(state: ShadowState): void {
    if (this.#state !== "running") return;
    this.#state = state;
    this.#until = this.#clock.now();
  }

  #newCounter(): ComparisonCounter {
    return new ComparisonCounter(
      this.#live.compiled.tiers.map(({ name }) => name),
      this.#candidate.tiers.map(({ name }) => name),
    );
  }

  /** For how many one stands; without a trace id all are taken. */
  #weightOf(hash: number): number {
    return hash === NO_ID ? 1 : 1 / this.#pace.share;
  }

  #viewOf(bytes: Buffer): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  // --- span scope ---

  #chosenCount = 0;

  #choose(view: DataView, { spans, idAt }: SpanTable): void {
    if (this.#chosen.length < spans) {
      const size = 2 ** Math.ceil(Math.log2(spans));
      this.#chosen = new Int32Array(size);
      this.#service = new Int32Array(size);
      this.#hash = new Int32Array(size);
    }
    let count = 0;
    for (let span = 0; span < spans; span++) {
      const at = idAt[span];
      // Its last words alone say whether a trace is looked at: that is asked of every span, and few are.
      if (at !== 0 && !this.#pace.takes(view.getInt32(at + 8), view.getInt32(at + 12))) continue;
      this.#chosen[count] = span;
      this.#hash[count++] = at === 0 ? NO_ID : hashTraceId(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12), SEED);
    }
    this.#chosenCount = count;
  }

  /** Decides on the chosen spans as the candidate would, once more where there are more than its budgets expected. False where it would refuse the request. */
  #scanChosen(bytes: Buffer, view: DataView, table: SpanTable): boolean {
    if (!this.#scanOnce(bytes, view, table)) return false;
    const { hasBudgets, tiers } = this.#candidate;
    if (!hasBudgets) return true;
    const spansOf = this.#spansOfTiers();
    let lowered = false;
    for (let tier = 0; tier < tiers.length; tier++) {
      if (spansOf[tier] > 0 && announceToBudget(this.#candidate, tier, spansOf[tier])) lowered = true;
    }
    if (lowered && !this.#scanOnce(bytes, view, table)) return false;
    return true;
  }

  #spansOfTiers(): number[] {
    const spansOf = this.#candidate.tiers.map(() => 0);
    for (let at = 0; at < this.#chosenCount; at++) spansOf[tierOfVerdict(this.#into.verdict[at])] += this.#weightOf(this.#hash[at]);
    return spansOf;
  }

  #scanOnce(bytes: Buffer, view: DataView, table: SpanTable): boolean {
    const into = this.#into;
    const { matcher } = this.#candidate;
    into.spans = 0;
    let at = 0;
    for (let resource = 0; resource < table.resources && at < this.#chosenCount; resource++) {
      const lastSpan = table.scopeSpan[table.resourceScope[resource + 1]];
      if (this.#chosen[at] >= lastSpan) continue;
      const body = table.resourceBody[resource];
      const end = table.resourceEnd[resource];
      if (!readResource(bytes, body, end, matcher)) return false;
      const service = this.#services.numberOf(bytes, body, end);
      for (; at < this.#chosenCount && this.#chosen[at] < lastSpan; at++) {
        const span = this.#chosen[at];
        this.#service[at] = service;
        if (scanMore(bytes, view, table.start[span], table.end[span], into, matcher) < 0) return false;
      }
    }
    return true;
  }

  #countSpans(bytes: Buffer, table: SpanTable, now: number): void {
    const into = this.#into;
    for (let at = 0; at < this.#chosenCount; at++) {
      const span = this.#chosen[at];
      const liveVerdict = table.verdict[span];
      const candidateVerdict = into.verdict[at];
      const outcome = outcomeNumber((liveVerdict & KEPT) !== 0, (candidateVerdict & KEPT) !== 0);
      const [liveTier, candidateTier] = [tierOfVerdict(liveVerdict), tierOfVerdict(candidateVerdict)];
      const hash = this.#hash[at];
      const bytesOfSpan = table.end[span] - table.start[span];
      this.#counter.add(liveTier, candidateTier, outcome, this.#service[at], groupOf(hash), 1, bytesOfSpan, this.#weightOf(hash));
      this.#counter.units++;
      const ring = this.#ringOf(outcome);
      if (ring?.wants(now)) {
        const traceId = table.idAt[span] === 0 ? "" : bytes.toString("hex", table.idAt[span], table.idAt[span] + 16);
        const told = readExampleSpan(bytes, table.start[span], table.end[span]);
        const known = told.startNs !== 0n && told.endNs >= told.startNs;
        const durationMs = known ? Number(told.endNs - told.startNs) / 1e6 : null;
        ring.put(this.#example(traceId, this.#service[at], told.name, durationMs, told.status, 1, liveTier, candidateTier), now);
      }
    }
    if (!this.#candidate.hasBudgets) return;
    for (const [tier, spans] of this.#spansOfTiers().entries()) if (spans > 0) offerToBudget(this.#candidate, tier, spans);
  }

  // --- trace scope ---

  #compareTrace(trace: DecidedTrace, hash: number, now: number): void {
    const { table, slot, tier, kept } = trace;
    const { matcher } = this.#candidate;
    const bits = this.#bits.fill(0);
    if (!this.#readSpans(trace, () => this.#addBits(bits))) return;
    const candidateTier = tierOfTrace(matcher, bits, table, slot);
    const outcome = outcomeNumber(kept, matcher.keeps(candidateTier, table.randomHigh(slot), table.randomLow(slot)));
    const weight = this.#weightOf(hash);
    this.#counter.units++;
    for (let run = 0; run < this.#runs; run++) {
      this.#counter.add(tier, candidateTier, outcome, this.#runService[run], groupOf(hash), this.#runSpans[run], this.#runBytes[run], weight);
    }
    offerToBudget(this.#candidate, candidateTier, table.spans(slot) * weight);
    this.#tell(trace, outcome, candidateTier, now);
  }

  /** The running policy decides on the trace, and the candidate on each of its spans. */
  #compareItsSpans(trace: DecidedTrace, hash: number, now: number): void {
    const { tier, kept } = trace;
    const into = this.#into;
    const weight = this.#weightOf(hash);
    let disagreement = -1;
    let tierOfDisagreement = 0;
    this.#counter.units++;
    this.#readSpans(trace, (service, bytes) => {
      const candidateTier = tierOfVerdict(into.verdict[0]);
      const outcome = outcomeNumber(kept, (into.verdict[0] & KEPT) !== 0);
      this.#counter.add(tier, candidateTier, outcome, service, groupOf(hash), 1, bytes, weight);
      offerToBudget(this.#candidate, candidateTier, weight);
      if (disagreement >= 0 || this.#ringOf(outcome) === undefined) return;
      disagreement = outcome;
      tierOfDisagreement = candidateTier;
    });
    if (disagreement >= 0) this.#tell(trace, disagreement, tierOfDisagreement, now);
  }

  #addBits(bits: Int32Array): void {
    const found = this.#into.bits;
    for (let word = 0; word < bits.length; word++) bits[word] |= found[word];
  }

  /** Reads each span of a trace under the candidate; false where it would refuse one, which then counts as not compared. */
  #readSpans({ table, store, slot }: DecidedTrace, each: (service: number, bytes: number) => void): boolean {
    const into = this.#into;
    const { matcher } = this.#candidate;
    let group = NONE;
    let service = 0;
    this.#runs = 0;
    for (let node = table.firstSpan(slot); node !== NONE; node = store.next(node)) {
      const itsGroup = store.groupOf(node);
      const bytes = store.bufferOf(itsGroup);
      if (itsGroup !== group) {
        group = itsGroup;
        const [at, end] = [store.resourceAt(group), store.resourceEnd(group)];
        if (!readResource(bytes, at, end, matcher)) return false;
        service = this.#services.numberOf(bytes, at, end);
        this.#beginRun(service);
      }
      into.spans = 0;
      if (scanMore(bytes, this.#viewOf(bytes), store.start(node), store.end(node), into, matcher) < 0) return false;
      const size = store.size(node);
      this.#runSpans[this.#runs - 1]++;
      this.#runBytes[this.#runs - 1] += size;
      each(service, size);
    }
    return true;
  }

  #beginRun(service: number): void {
    if (this.#runs > 0 && this.#runService[this.#runs - 1] === service) return;
    if (this.#runs === this.#runService.length) {
      this.#runService = grown(this.#runService, (size) => new Int32Array(size));
      this.#runSpans = grown(this.#runSpans, (size) => new Float64Array(size));
      this.#runBytes = grown(this.#runBytes, (size) => new Float64Array(size));
    }
    this.#runService[this.#runs] = service;
    this.#runSpans[this.#runs] = 0;
    this.#runBytes[this.#runs++] = 0;
  }

  // --- examples ---

  #ringOf(outcome: number): ExampleRing | undefined {
    if (outcome === LIVE_ONLY) return this.#newlyDropped;
    return outcome === CANDIDATE_ONLY ? this.#newlyKept : undefined;
  }

  #tell({ table, store, slot, tier }: DecidedTrace, outcome: number, candidateTier: number, now: number): void {
    const ring = this.#ringOf(outcome);
    if (!ring?.wants(now)) return;
    const traceId = [0, 1, 2, 3].map((word) => (table.idWord(slot, word) >>> 0).toString(16).padStart(8, "0")).join("");
    const { name, status, service } = firstSpan(store, table, slot, (bytes, at, end) => this.#services.numberOf(bytes, at, end));
    const durationNs = table.durationNs(slot);
    const durationMs = durationNs === undefined || durationNs < 0 ? null : durationNs / 1e6;
    ring.put(this.#example(/^0+$/.test(traceId) ? "" : traceId, service, name, durationMs, status, table.spans(slot), tier, candidateTier), now);
  }

  #example(
    traceId: string,
    service: number,
    endpoint: string,
    durationMs: number | null,
    status: number,
    spans: number,
    liveTier: number,
    candidateTier: number,
  ): ShadowExample {
    return {
      traceId,
      service: this.#services.names[service] ?? "",
      endpoint,
      durationMs,
      status: status === 2 ? "error" : status === 1 ? "ok" : "unset",
      spans,
      liveTier: this.#live.compiled.tiers[liveTier].name,
      candidateTier: this.#candidate.tiers[candidateTier].name,
      atMs: this.#clock.unixMs(),
    };
  }
}

const LOOKED_THROUGH_MAX = 200;

/** The root's name and service, or the first span's where the root is not among the first LOOKED_THROUGH_MAX; an error of any of them. */
function firstSpan(store: SpanStore, table: TraceTable, slot: number, serviceOf: (bytes: Buffer, at: number, end: number) => number) {
  let found: { name: string; service: number } | undefined;
  let status = 0;
  let looked = 0;
  for (let node = table.firstSpan(slot); node !== NONE && looked < LOOKED_THROUGH_MAX; node = store.next(node), looked++) {
    const group = store.groupOf(node);
    const bytes = store.bufferOf(group);
    const span = readExampleSpan(bytes, store.start(node), store.end(node));
    if (span.status > status && span.status <= 2) status = span.status;
    if (found === undefined || span.isRoot) found = { name: span.name, service: serviceOf(bytes, store.resourceAt(group), store.resourceEnd(group)) };
  }
  return { name: found?.name ?? "", service: found?.service ?? 0, status };
}

function outcomeNumber(liveKept: boolean, candidateKept: boolean): number {
  if (liveKept) return candidateKept ? BOTH : LIVE_ONLY;
  return candidateKept ? CANDIDATE_ONLY : NEITHER;
}

/** By other bits of the hash than those that choose which traces are compared. */
function groupOf(hash: number): number {
  return (Math.imul(hash, 0x9e3779b1) >>> 16) % GROUPS;
}

function grown<Column extends { length: number; set(from: Column): void }>(column: Column, make: (size: number) => Column): Column {
  const next = make(column.length * 2);
  next.set(column);
  return next;
}
