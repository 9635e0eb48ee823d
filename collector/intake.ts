// One piece of over 400 lines: what is received, decided, waiting and handed on is one state, and a policy that is swapped changes all of it at once.
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { KeepAllCount, KeepAllRule } from "#domain/fleet/keepAll.ts";
import type { ShadowReport, ShadowStart } from "#domain/sampling/compare/shadowReport.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import type { OverlapFigures } from "#domain/sampling/overlaps.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { tierKeys } from "#domain/sampling/tierSilence.ts";
import { NO_TRACES, type TraceFigures } from "#domain/telemetry/measurement.ts";
import type { Clock } from "./clock.ts";
import { type BatchLog, NOT_FOLLOWED } from "./deliver/batchLog.ts";
import type { Sink, Sinks } from "./destinations.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { SCAN_MALFORMED, SCAN_TOO_DEEP } from "./otlp/scanTraces.ts";
import { partKept } from "./partKept.ts";
import { type AboutRequest, ACCEPTED, type Answer, type Intake, type Refusal, refusal } from "./receive/answer.ts";
import type { Recorder } from "./record/recorder.ts";
import { advanceBudgets, type CompiledPolicy, carryBudgets, compilePolicy } from "./sample/compilePolicy.ts";
import { explainSpans } from "./sample/explainSpans.ts";
import { KeepAllCounts } from "./sample/keepAllCounts.ts";
import { lookAtOverlaps } from "./sample/lookAtOverlaps.ts";
import type { PolicyLabel } from "./sample/policyLabel.ts";
import { offerSampled, sampleWithinBudgets } from "./sample/sampleWithinBudgets.ts";
import { Shadow } from "./sample/shadow/shadow.ts";
import { SpanLog } from "./sample/spanLog.ts";
import { createSpanSampler } from "./sample/spanSampler.ts";
import { explainTrace } from "./sample/trace/explainTrace.ts";
import { TRACE_NO_ROOM, TRACE_TOO_LARGE, TraceSampler } from "./sample/trace/traceSampler.ts";
import { type Ledger, shedReason, type TierTotals } from "./self/ledger.ts";
import type { StageTimers } from "./self/stageTimers.ts";
import type { Scanned, ShardRouter } from "./shard/shardRouter.ts";
import type { WaitingLog } from "./waitingLog.ts";

const NO_ROOM_RETRY_MS = 1000;
const UNSENT_LOOK_MS = 20;
const NO_BATCH = -1;
const ANY_SPAN_BYTES = 512;
const NO_PLACE = "its policy has so many tiers that there is no place for it; take tiers out of the policy";

type Parts = {
  policy: SamplingPolicy;
  label: PolicyLabel;
  ledger: Ledger;
  timers: StageTimers;
  destinations: Sinks;
  batches: BatchLog;
  /** What waits for a decision, on disk; undefined when that is not asked for. */
  waitingLog: () => WaitingLog | undefined;
  /** How many of so many tiers, from the last, are shed now. */
  shedding: (tiers: number) => number;
  relief: HeapRelief;
  /** Where several threads share the traces. */
  shards?: ShardRouter;
  recorder?: Recorder | undefined;
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
  /**
   * What keeps everything that matches it from now on, beside the policy; the whole list. Throws when there is not the memory for it, and then nothing has
   * changed. Traces that wait already are decided as they would have been.
   */
  useKeepAll(rules: readonly KeepAllRule[]): void;
  keepAllFigures(): KeepAllCount[];
  /** Room has come free in the queue. */
  roomFreed(): void;
  figures(): TraceFigures;
  /** How many traces were decided, by what began it. */
  decidedByCause(): ReadonlyMap<string, number>;
  /** The share that each tier of the running policy keeps at this moment, by its name. */
  ratiosInForce(): ReadonlyMap<string, number>;
  /** How many spans the tiers of the running policy share; null where nothing can be said yet. */
  overlaps(): OverlapFigures | null;
  /** By name of each running tier, the key of what it matches. */
  tierKeys(): ReadonlyMap<string, string>;
  explain(traceId: string): Explanation;
  /** Tries a policy beside the running one from now on, in place of any that was tried before. Throws when it can't be compiled. */
  startShadow(start: ShadowStart): void;
  stopShadow(): void;
  /** Of the one that was started last; undefined when none was. */
  shadowReport(): ShadowReport | undefined;
  /**
   * Decides everything that waits and sends on what is kept as the queue takes it, until the deadline; what is left is dropped and counted. With `keepsWaiting`
   * nothing is decided: it is in the log, for the next start.
   */
  drainTraces(deadlineMs: number, keepsWaiting: boolean): Promise<void>;
  /** Tiers go to other destinations from now on. */
  rerouted(): void;
  /** When the oldest span that waits came, on the clock's `now`; undefined when none does. */
  oldestWaitingAt(): number | undefined;
  /** A request that had been acknowledged before the process started; it is in the log still. One that exceeds what may wait now is dropped and counted. */
  recoverWaiting(bytes: Buffer, start: number, end: number, spans: number): "taken" | "noRoom";
};

/** The path of one request from the receiver to the open batch: scan, decide, admit, frame, count. All in one tick, so every scrape finds the ledger balanced. */
export function createIntake(parts: Parts): PolicyIntake {
  const { ledger, timers, destinations, relief, recorder, clock } = parts;
  const sampler = createSpanSampler();
  const spanLog = new SpanLog();
  const { result } = sampler;
  if (recorder !== undefined) sampler.table.hashIds();
  let running: { compiled: CompiledPolicy; label: PolicyLabel; tiers: TierTotals[]; keys?: ReadonlyMap<string, string> };
  let traces: TraceSampler | undefined;
  let shadow: Shadow | undefined;
  let keepAll: readonly KeepAllRule[] = [];
  const keepAllCounts = new KeepAllCounts();
  const seed = Math.floor(parts.random() * 0x100000000) | 0;

  const books = {
    sampledOut: (tier: number, spans: number, bytes: number) => ledger.sampleOutWaiting(tier, spans, bytes),
    sent: (tier: number, spans: number, bytes: number) => ledger.queueWaiting(tier, spans, bytes),
    shed: (tier: number, spans: number, bytes: number) => ledger.shedWaiting(tier, spans, bytes),
    waited: (seconds: number) => timers.record("decisionWait", seconds),
    serialized: (seconds: number) => timers.record("serialization", seconds),
    tierName: (tier: number) => ledger.tierList[tier].name,
    keptAll: (id: string, spans: number, bytes: number) => keepAllCounts.add(id, spans, bytes),
  };

  function preparePolicy(policy: SamplingPolicy, label: PolicyLabel): () => CarryOver {
    const compiledFor = keepAll;
    const prepared = compilePolicy(policy, compiledFor);
    return () => {
      const compiled = compiledFor === keepAll ? prepared : compilePolicy(policy, keepAll);
      // Of the same policy what is known of it stays.
      if (running?.compiled.policy === policy) compiled.overlaps = running.compiled.overlaps;
      const tiers = ledger.tiersOf(compiled.tiers.map((tier) => tier.name));
      if (policy.scope === "trace" && traces === undefined) {
        traces = new TraceSampler({ settings: policy, outlets: destinations, books, shedding: parts.shedding, clock, seed });
      }
      const carryOver = traces?.use(
        compiled,
        label,
        tiers.map((tier) => tier.id),
      );
      if (carryOver === undefined && running !== undefined) carryBudgets(running.compiled, compiled);
      running = { compiled, label, tiers };
      if (traces !== undefined) traces.shadow = shadow;
      shadow?.liveChanged(running);
      keepAllCounts.use(keepAll, compiled.keepAll.length, NO_PLACE);
      return carryOver ?? NOTHING_WAITED;
    };
  }

  function refuse(refused: Refusal, spans: number): Refusal {
    ledger.refuse(refused.reason, spans);
    return refused;
  }

  function accept(bytes: Buffer, start: number, end: number, about: AboutRequest): Answer | Promise<Answer> {
    if (traces !== undefined && (running.compiled.policy.scope === "trace" || !traces.isIdle())) {
      return parts.shards === undefined ? acceptTraces(traces, bytes, start, end, about) : acceptShared(traces, parts.shards, bytes, start, end, about);
    }
    const { compiled, tiers } = running;
    const scanStart = performance.now();
    advanceBudgets(compiled, scanStart);
    const found = sampleWithinBudgets(sampler, bytes, start, end, compiled);
    const decided = performance.now();
    timers.record("processing", (decided - scanStart) / 1000);
    if (found < 0) return refuse(scanRefusal(found), 0);
    const shed = parts.shedding(compiled.tiers.length);
    const isPlain = shed === 0 && destinations.list.length === 1;
    const { networkMs } = about;
    const waits: Promise<boolean>[] = [];
    let batch = NO_BATCH;
    let serializationMs = Number.NaN;
    if (result.kept === 0) ledger.accept(result, tiers, about.isSample);
    else if (isPlain) {
      const [only] = destinations.list;
      const size = sampler.framedSizeMax();
      const refused = noRoomFor(only, result.kept, size);
      if (refused !== undefined) return refuse(refused, found);
      batch = send(only, result.kept, size, waits);
      ledger.accept(result, tiers, about.isSample);
      serializationMs = performance.now() - decided;
      timers.record("serialization", serializationMs / 1000);
    } else {
      const parted = partKept(bytes, sampler, running, shed, destinations);
      for (const { destination, spans, size } of parted.parts) {
        const refused = noRoomFor(destination, spans, size);
        if (refused !== undefined) return refuse(refused, found);
      }
      for (const part of parted.parts) {
        part.select();
        batch = send(part.destination, part.spans, part.size, waits);
      }
      parted.restore();
      if (parted.parts.length !== 1 || shed > 0) batch = NOT_FOLLOWED;
      ledger.accept(result, tiers, about.isSample);
      for (const { tier, spans } of parted.shed) ledger.drop(shedReason(tier), spans);
      serializationMs = performance.now() - decided;
      timers.record("serialization", serializationMs / 1000);
    }
    offerSampled(sampler, compiled);
    if (compiled.keepAll.length > 0) keepAllCounts.addScanned(compiled.keepAll, sampler.table);
    lookAtOverlaps(bytes, sampler.table, compiled, decided);
    shadow?.accepted(bytes, sampler.table, compiled);
    if (about.isRecovered !== true) recorder?.accepted(bytes, sampler.table);
    spanLog.put(bytes, sampler.table, running, { at: clock.now(), networkMs, processingMs: decided - scanStart, serializationMs, batch });
    return answerWhenSafe(waits);
  }

  /** Writes what the sampler has selected; returns the number of the batch. */
  function send(destination: Sink, spans: number, size: number, waits: Promise<boolean>[]): number {
    const at = destination.reserve(spans, size);
    const batch = destination.commit(at, sampler.frame(destination.buffer, at), spans);
    const safe = destination.safe();
    if (safe !== undefined) waits.push(safe);
    return batch;
  }

  function noRoomFor(destination: Sink, spans: number, size: number): Refusal | undefined {
    const { spansMax, bytesMax } = destination.largestRequest;
    if (spans > spansMax || size > bytesMax) {
      return refusal(
        "too_large",
        `${spans} spans of the request are kept (${size} bytes); the queue and its log take ${spansMax} spans and ${bytesMax} bytes at once at most`,
      );
    }
    const reason = destination.whyNoRoom(spans, size);
    return reason === undefined ? undefined : refusal(reason, destination.noRoomMessage(reason), NO_ROOM_RETRY_MS);
  }

  // Everybody who waits for the same write waits for the same promise.
  let lastSafe: Promise<boolean> | undefined;
  let lastAnswer: Promise<Answer> = Promise.resolve(ACCEPTED);

  function answerWhenSafe(waits: readonly Promise<boolean>[]): Answer | Promise<Answer> {
    if (waits.length === 0) return ACCEPTED;
    if (waits.length > 1) return Promise.all(waits).then((all) => answerFor(all.every((isSafe) => isSafe)));
    if (waits[0] !== lastSafe) {
      lastSafe = waits[0];
      lastAnswer = waits[0].then(answerFor);
    }
    return lastAnswer;
  }

  function answerFor(isSafe: boolean): Answer {
    if (isSafe || !destinations.list[0].refusesWhenBroken) return ACCEPTED;
    // It stays in memory and is delivered; the client sends it again, because what was promised can't be kept. Its spans are counted as received.
    ledger.refuse("wal_failed", 0);
    return refusal("wal_failed", "the write-ahead log can't be written", NO_ROOM_RETRY_MS);
  }

  function acceptTraces(sampler: TraceSampler, bytes: Buffer, start: number, end: number, about: AboutRequest): Answer | Promise<Answer> {
    const answer = takeTraces(sampler, bytes, start, end, about);
    if (answer instanceof Promise || answer.ok) ledger.requests++;
    else refuse(answer, sampler.lastRefused);
    return answer;
  }

  /** Its traces belong to several threads, this one among them. */
  function acceptShared(sampler: TraceSampler, shards: ShardRouter, bytes: Buffer, start: number, end: number, about: AboutRequest): Answer | Promise<Answer> {
    const began = performance.now();
    const found = sampler.scan(bytes, start, end);
    if (found < 0) return refuse(scanRefusal(found), 0);
    if (found === 0) return counted(ACCEPTED);
    const { scanned: table, policyHash } = sampler;
    const answer = shards.accept(bytes, start, end, { ...about, scanMs: performance.now() - began }, { table, policyHash });
    if (!(answer instanceof Promise)) return counted(answer);
    return answer.then(counted);
  }

  function counted(answer: Answer): Answer {
    if (answer.ok) ledger.requests++;
    else refuse(answer, 0);
    return answer;
  }

  /** Not counted when it is refused; `lastRefused` of the sampler says how many spans it had, where that is known. `shared`: it has been read in another thread or for several. */
  function takeTraces(
    sampler: TraceSampler,
    bytes: Buffer,
    start: number,
    end: number,
    about: AboutRequest,
    shared?: Scanned & { scanMs: number },
  ): Answer | Promise<Answer> {
    const began = performance.now();
    const waitingLog = parts.waitingLog();
    sampler.lastRefused = 0;
    const logRefuses = waitingLog?.refusal(end - start);
    if (logRefuses !== undefined) return refusal(logRefuses, waitingLog?.problem ?? "", NO_ROOM_RETRY_MS);
    const { networkMs } = about;
    let scanMs = shared?.scanMs ?? 0;
    let found: number;
    // Where the threads do not run the same policy yet, it is read under this one's.
    const isReadAlike = shared?.policyHash === sampler.policyHash;
    if (isReadAlike) found = sampler.acceptScanned(bytes, start, end, shared.table, { networkMs, scanMs });
    else {
      found = sampler.scan(bytes, start, end, shared !== undefined);
      scanMs += performance.now() - began;
      if (found > 0) found = sampler.acceptScanned(bytes, start, end, sampler.scanned, { networkMs, scanMs });
    }
    timers.record("processing", (performance.now() - began + (shared?.scanMs ?? 0)) / 1000);
    if (found >= 0) {
      ledger.acceptWaiting(found, about.isSample);
      parts.shards?.setOpen(true);
      if (about.isRecovered !== true) recorder?.accepted(bytes, isReadAlike ? shared.table : sampler.scanned);
      const safe = found > 0 ? waitingLog?.append(bytes, start, end, found) : undefined;
      return safe === undefined ? ACCEPTED : answerWhenSafe([safe]);
    }
    const spans = sampler.lastRefused;
    const { tracesMax, spansMax } = sampler.settings;
    if (found === TRACE_NO_ROOM) {
      parts.shards?.setOpen(false);
      return noRoomForTraces();
    }
    if (found !== TRACE_TOO_LARGE) return scanRefusal(found);
    return refusal("too_large", `the request has ${spans} spans; at most ${spansMax} spans of ${tracesMax} traces can wait for their decision`);
  }

  function recoverSpans(bytes: Buffer, start: number, end: number, spans: number): "taken" | "noRoom" {
    // Looked at first, so that nothing is counted as a client's refused request.
    if (destinations.list.some((destination) => !destination.hasRoom(1, ANY_SPAN_BYTES))) return "noRoom";
    const answer = accept(bytes, start, end, { isSample: false, networkMs: Number.NaN, isRecovered: true });
    if (answer instanceof Promise || answer.ok) {
      ledger.recovered += spans;
      return "taken";
    }
    if (answer.retryAfterMs !== undefined) return "noRoom";
    ledger.recoverWaiting(spans);
    ledger.dropWaiting("wal_unfit", spans);
    return "taken";
  }

  /** What is kept can't leave, and so nothing can come. */
  function noRoomForTraces(): Refusal {
    for (const destination of destinations.list) {
      const reason = destination.whyNoRoom(1, ANY_SPAN_BYTES);
      if (reason !== undefined) return refusal(reason, destination.noRoomMessage(reason), NO_ROOM_RETRY_MS);
    }
    return refusal("queue_full", "what waits for a decision has no room", NO_ROOM_RETRY_MS);
  }

  parts.shards?.serve((bytes, start, end, about, scanned) => {
    // A policy of span scope may have come meanwhile: then it is decided here span by span.
    if (traces === undefined) return accept(bytes, start, end, about);
    return takeTraces(traces, bytes, start, end, about, { ...scanned, scanMs: about.scanMs });
  });
  preparePolicy(parts.policy, parts.label)();
  return {
    preparePolicy,
    useKeepAll(rules) {
      if (canonicalJson(rules) === canonicalJson(keepAll)) return;
      const before = keepAll;
      keepAll = rules;
      try {
        preparePolicy(running.compiled.policy, running.label)();
      } catch (error) {
        keepAll = before;
        const wanted = rules.filter(({ id }) => before.every((one) => one.id !== id));
        keepAllCounts.use([...running.compiled.keepAll, ...wanted], running.compiled.keepAll.length, "there is not enough memory for it");
        throw error;
      }
    },
    keepAllFigures: () => keepAllCounts.figures(),
    accept,
    refused: (reason) => ledger.refuse(reason, 0),
    bytesReceived: (bytes) => {
      ledger.bytesReceived += bytes;
    },
    buffersDropped: (bytes) => relief.received(bytes),
    network: (seconds) => timers.record("network", seconds),
    acknowledged: (seconds) => timers.acknowledged(seconds),
    roomFreed() {
      traces?.roomFreed();
      parts.shards?.setOpen(true);
    },
    figures: () => traces?.figures() ?? NO_TRACES,
    decidedByCause: () => traces?.byCause ?? new Map(),
    ratiosInForce: () => new Map(running.compiled.tiers.map(({ name, keep, budget }) => [name, keep.kind === "ratio" ? keep.ratio : (budget?.ratio ?? 1)])),
    tierKeys() {
      running.keys ??= new Map(tierKeys(running.compiled.policy).map((key, tier) => [running.compiled.policy.tiers[tier].name, key]));
      return running.keys;
    },
    overlaps: () => running.compiled.overlaps.figures(performance.now()),
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
    startShadow({ policy, minutes }) {
      const isMemoryTight = () => parts.shedding(MANY_TIERS) > 0;
      shadow = new Shadow({ candidate: policy, minutes, live: running, clock, threadCpuMs, isMemoryTight });
      if (traces !== undefined) traces.shadow = shadow;
    },
    stopShadow: () => shadow?.stop(),
    shadowReport: () => shadow?.report(),
    rerouted: () => traces?.rerouted(),
    oldestWaitingAt: () => traces?.oldestWaitingAt(),
    recoverWaiting(bytes, start, end, spans) {
      // Where spans are decided one by one by now, these are too.
      if (running.compiled.policy.scope === "span" && (traces === undefined || traces.isIdle())) return recoverSpans(bytes, start, end, spans);
      const found = traces === undefined ? SCAN_MALFORMED : traces.accept(bytes, start, end, { networkMs: Number.NaN });
      if (found === TRACE_NO_ROOM) return "noRoom";
      ledger.recoverWaiting(spans);
      if (found < 0) ledger.dropWaiting("wal_unfit", spans);
      return "taken";
    },
    async drainTraces(deadlineMs, keepsWaiting) {
      if (traces === undefined) return;
      if (keepsWaiting) {
        traces.abandon();
        return;
      }
      traces.decideAll();
      const until = clock.now() + deadlineMs;
      while (traces.unsent > 0 && clock.now() < until) {
        for (const destination of destinations.list) destination.seal();
        await new Promise<void>((resolve) => clock.after(UNSENT_LOOK_MS, resolve));
        traces.roomFreed();
      }
      const left = traces.abandon();
      if (left > 0) ledger.dropWaiting("shutdown", left);
    },
  };
}

/** So many that the last is shed as soon as any is. */
const MANY_TIERS = 64;

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const NOTHING_WAITED: CarryOver = { tracesCarriedOver: 0, spansCarriedOver: 0, tracesDecidedEarly: 0, spansDecidedEarly: 0, spansLost: 0 };

function scanRefusal(code: number): Refusal {
  if (code === SCAN_MALFORMED) return refusal("malformed", "the request is not a valid ExportTraceServiceRequest");
  if (code === SCAN_TOO_DEEP) return refusal("too_deep", "attribute values are nested too deep");
  return refusal("too_large", "the request has too many spans, scopes or resources");
}
