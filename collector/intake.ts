import type { CarryOver } from "#domain/fleet/carryOver.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { NO_TRACES, type TraceFigures } from "#domain/telemetry/measurement.ts";
import type { Batcher } from "./batch/batcher.ts";
import type { Clock } from "./clock.ts";
import type { BatchLog } from "./deliver/batchLog.ts";
import type { DeliveryQueue } from "./deliver/deliveryQueue.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { SCAN_MALFORMED, SCAN_TOO_DEEP } from "./otlp/scanTraces.ts";
import { type AboutRequest, ACCEPTED, type Answer, type Intake, type Refusal, refusal } from "./receive/answer.ts";
import { advanceBudgets, type CompiledPolicy, carryBudgets, compilePolicy } from "./sample/compilePolicy.ts";
import { explainSpans } from "./sample/explainSpans.ts";
import type { PolicyLabel } from "./sample/policyLabel.ts";
import { offerSampled, sampleWithinBudgets } from "./sample/sampleWithinBudgets.ts";
import { SpanLog } from "./sample/spanLog.ts";
import { createSpanSampler } from "./sample/spanSampler.ts";
import { explainTrace } from "./sample/trace/explainTrace.ts";
import type { Outlet } from "./sample/trace/outlet.ts";
import { TRACE_NO_ROOM, TRACE_TOO_LARGE, TraceSampler } from "./sample/trace/traceSampler.ts";
import type { Ledger, TierTotals } from "./self/ledger.ts";
import type { StageTimers } from "./self/stageTimers.ts";

const QUEUE_FULL_RETRY_MS = 1000;
const UNSENT_LOOK_MS = 20;

type Parts = {
  policy: SamplingPolicy;
  label: PolicyLabel;
  ledger: Ledger;
  timers: StageTimers;
  batcher: Batcher;
  batches: BatchLog;
  queue: DeliveryQueue;
  relief: HeapRelief;
  clock: Clock;
  random: () => number;
  processStartMs: number;
};

export type PolicyIntake = Intake & {
  /**
   * Compiles a policy (throws when that can't be done); the answer makes it the running one, between two requests, and says what became of the traces that
   * waited (throws when there is not the memory for it, and then nothing has changed).
   */
  preparePolicy(policy: SamplingPolicy, label: PolicyLabel): () => CarryOver;
  /** Room has come free in the queue. */
  roomFreed(): void;
  figures(): TraceFigures;
  /** How many traces were decided, by what began it. */
  decidedByCause(): ReadonlyMap<string, number>;
  /** The share that each tier of the running policy keeps at this moment, by its name. */
  ratiosInForce(): ReadonlyMap<string, number>;
  explain(traceId: string): Explanation;
  /** Decides everything that waits and sends on what is kept as the queue takes it, until the deadline; what is left is dropped and counted. */
  drainTraces(deadlineMs: number): Promise<void>;
};

/** The path of one request from the receiver to the open batch: scan, decide, admit, frame, count. All in one tick, so every scrape finds the ledger balanced. */
export function createIntake(parts: Parts): PolicyIntake {
  const { ledger, timers, batcher, queue, relief, clock } = parts;
  const sampler = createSpanSampler();
  const spanLog = new SpanLog();
  const { result } = sampler;
  let running: { compiled: CompiledPolicy; label: PolicyLabel; tiers: TierTotals[] };
  let traces: TraceSampler | undefined;
  const seed = Math.floor(parts.random() * 0x100000000) | 0;

  const outlet: Outlet = {
    get buffer() {
      return batcher.buffer;
    },
    hasRoom: (spans, bytes) => queue.hasRoom(spans, bytes),
    isEmpty: () => queue.spans === 0,
    spansLeft: () => batcher.spansLeft,
    reserve: (spans, bytesMax) => batcher.reserve(spans, bytesMax),
    commit(from, end, spans) {
      const { number } = batcher;
      queue.admit(spans, end - from);
      batcher.commit(end, spans);
      return number;
    },
  };
  const books = {
    sampledOut: (tier: number, spans: number, bytes: number) => ledger.sampleOutWaiting(tier, spans, bytes),
    sent: (tier: number, spans: number, bytes: number) => ledger.queueWaiting(tier, spans, bytes),
    waited: (seconds: number) => timers.record("decisionWait", seconds),
    serialized: (seconds: number) => timers.record("serialization", seconds),
    tierName: (tier: number) => ledger.tierList[tier].name,
  };

  function preparePolicy(policy: SamplingPolicy, label: PolicyLabel): () => CarryOver {
    const compiled = compilePolicy(policy);
    return () => {
      const tiers = ledger.tiersOf(compiled.tiers.map((tier) => tier.name));
      if (policy.scope === "trace" && traces === undefined) traces = new TraceSampler({ settings: policy, outlet, books, clock, seed });
      const carryOver = traces?.use(
        compiled,
        label,
        tiers.map((tier) => tier.id),
      );
      if (carryOver === undefined && running !== undefined) carryBudgets(running.compiled, compiled);
      running = { compiled, label, tiers };
      return carryOver ?? NOTHING_WAITED;
    };
  }

  function refuse(refused: Refusal, spans: number): Refusal {
    ledger.refuse(refused.reason, spans);
    return refused;
  }

  function accept(bytes: Buffer, start: number, end: number, about: AboutRequest): Answer {
    if (traces !== undefined && (running.compiled.policy.scope === "trace" || !traces.isIdle())) return acceptTraces(traces, bytes, start, end, about);
    const { compiled, tiers } = running;
    const scanStart = performance.now();
    advanceBudgets(compiled, scanStart);
    const found = sampleWithinBudgets(sampler, bytes, start, end, compiled);
    const decided = performance.now();
    timers.record("processing", (decided - scanStart) / 1000);
    if (found < 0) return refuse(scanRefusal(found), 0);
    const { kept } = result;
    let batch = -1;
    let serializationMs = Number.NaN;
    if (kept > 0) {
      const size = sampler.framedSizeMax();
      const { spansMax, bytesMax } = queue.settings.queue;
      if (kept > spansMax || size > bytesMax) {
        return refuse(refusal("too_large", `${kept} spans of the request are kept; the queue holds ${spansMax} spans and ${bytesMax} bytes at most`), found);
      }
      if (!queue.hasRoom(kept, size)) return refuse(queueFull(), found);
      const at = batcher.reserve(kept, size);
      const written = sampler.frame(batcher.buffer, at);
      ledger.accept(result, tiers, about.isSample);
      batch = outlet.commit(at, written, kept);
      serializationMs = performance.now() - decided;
      timers.record("serialization", serializationMs / 1000);
    } else ledger.accept(result, tiers, about.isSample);
    offerSampled(sampler, compiled);
    const { networkMs } = about;
    spanLog.put(bytes, sampler.table, running, { at: clock.now(), networkMs, processingMs: decided - scanStart, serializationMs, batch });
    return ACCEPTED;
  }

  function acceptTraces(sampler: TraceSampler, bytes: Buffer, start: number, end: number, { isSample, networkMs }: AboutRequest): Answer {
    const began = performance.now();
    const found = sampler.accept(bytes, start, end, { networkMs });
    timers.record("processing", (performance.now() - began) / 1000);
    if (found >= 0) {
      ledger.acceptWaiting(found, isSample);
      return ACCEPTED;
    }
    const spans = sampler.lastRefused;
    const { tracesMax, spansMax } = sampler.settings;
    if (found === TRACE_NO_ROOM) return refuse(queueFull(), spans);
    if (found !== TRACE_TOO_LARGE) return refuse(scanRefusal(found), 0);
    return refuse(refusal("too_large", `the request has ${spans} spans; at most ${spansMax} spans of ${tracesMax} traces can wait for their decision`), spans);
  }

  function queueFull(): Refusal {
    const { spansMax, bytesMax } = queue.settings.queue;
    return refusal("queue_full", `the queue is full (${queue.spans} of ${spansMax} spans, ${queue.bytes} of ${bytesMax} bytes)`, QUEUE_FULL_RETRY_MS);
  }

  preparePolicy(parts.policy, parts.label)();
  return {
    preparePolicy,
    accept,
    refused: (reason) => ledger.refuse(reason, 0),
    bytesReceived: (bytes) => {
      ledger.bytesReceived += bytes;
      relief.received(bytes);
    },
    network: (seconds) => timers.record("network", seconds),
    acknowledged: (seconds) => timers.acknowledged(seconds),
    roomFreed: () => traces?.roomFreed(),
    figures: () => traces?.figures() ?? NO_TRACES,
    decidedByCause: () => traces?.byCause ?? new Map(),
    ratiosInForce: () => new Map(running.compiled.tiers.map(({ name, keep, budget }) => [name, keep.kind === "ratio" ? keep.ratio : (budget?.ratio ?? 1)])),
    explain(traceId) {
      const places = { batches: parts.batches, clock, processStartMs: parts.processStartMs };
      const inTraces = traces && explainTrace(traces, traceId, places);
      const inSpans = explainSpans(spanLog, traceId, places);
      // Of two answers the one that says more; both know it when the scope was changed in between.
      if (inTraces === undefined) return inSpans;
      if (inSpans.kind === "unknown" && inTraces.kind === "unknown") return inSpans.rememberedSinceMs > inTraces.rememberedSinceMs ? inSpans : inTraces;
      if (inSpans.kind === "decided" && inTraces.kind !== "decided" && inTraces.kind !== "waiting") return inSpans;
      return inTraces.kind === "neverSeen" && inSpans.kind !== "decided" ? inSpans : inTraces;
    },
    async drainTraces(deadlineMs) {
      if (traces === undefined) return;
      traces.decideAll();
      const until = clock.now() + deadlineMs;
      while (traces.unsent > 0 && clock.now() < until) {
        batcher.seal();
        await new Promise<void>((resolve) => clock.after(UNSENT_LOOK_MS, resolve));
        traces.roomFreed();
      }
      const left = traces.abandon();
      if (left > 0) ledger.dropWaiting("shutdown", left);
    },
  };
}

const NOTHING_WAITED: CarryOver = { tracesCarriedOver: 0, spansCarriedOver: 0, tracesDecidedEarly: 0, spansDecidedEarly: 0, spansLost: 0 };

function scanRefusal(code: number): Refusal {
  if (code === SCAN_MALFORMED) return refusal("malformed", "the request is not a valid ExportTraceServiceRequest");
  if (code === SCAN_TOO_DEEP) return refusal("too_deep", "attribute values are nested too deep");
  return refusal("too_large", "the request has too many spans, scopes or resources");
}
