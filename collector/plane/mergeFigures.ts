import type { KeepAllCount } from "#domain/fleet/keepAll.ts";
import { addOverlaps, type OverlapFigures } from "#domain/sampling/overlaps.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import {
  type BREAKER_STATES,
  type DestinationFigures,
  type HistogramSnapshot,
  MEMORY_STATES,
  type RecordingFigures,
  STAGES,
  type Stage,
  type TraceFigures,
  WAL_STATES,
} from "#domain/telemetry/measurement.ts";
import type { ReceiverFigures } from "../security/receiverSecurity.ts";
import { GC_KINDS } from "../self/gcPauses.ts";
import type { LedgerFigures, ReasonTotals } from "../self/ledger.ts";
import type { BucketFigures, PlaneFigures } from "../self/planeFigures.ts";
import type { SignalFigures } from "../self/signalLedger.ts";
import type { WindowSnapshot } from "../self/stageTimers.ts";
import type { PlaneWindow } from "./plane.ts";

/** Several data planes as one: what can be added is added, of states the worst counts. `all` has at least one. */
export function mergeFigures(all: readonly PlaneFigures[]): PlaneFigures {
  const [first] = all;
  if (all.length === 1) return first;
  return {
    ledger: mergeLedgers(all.map(({ ledger }) => ledger)),
    timers: {
      stages: perStage((stage) => mergeBuckets(all.map(({ timers }) => timers.stages[stage]))),
      acknowledgements: addAll(all.map(({ timers }) => timers.acknowledgements)),
      lastMinute: mergeHistograms(all.map(({ timers }) => timers.lastMinute)),
    },
    destinations: mergeDestinations(all.map(({ destinations }) => destinations)),
    signals: mergeSignals(all.map(({ signals }) => signals)),
    memory: {
      ...first.memory,
      state: worst(
        MEMORY_STATES,
        all.map(({ memory }) => memory.state),
      ),
    },
    waitingLogBytes: all.reduce((sum, { waitingLogBytes }) => sum + waitingLogBytes, 0),
    recording: mergeRecordings(all.flatMap(({ recording }) => recording ?? [])),
    archive: addAll(all.map(({ archive }) => archive)),
    trace: addAll<TraceFigures>(all.map(({ trace }) => trace)),
    decidedByCause: addMaps(all.map(({ decidedByCause }) => decidedByCause)),
    overlaps: mergeOverlaps(all),
    keepAll: mergeKeepAll(all.map(({ keepAll }) => keepAll)),
    tierKeys: first.tierKeys,
    // Each thread adapts the ratio of a budget to what it gets: their mean is about the share that is kept.
    ratios: new Map(Array.from(addMaps(all.map(({ ratios }) => ratios)), ([tier, sum]) => [tier, sum / all.length])),
    queueCapacity: addAll(all.map(({ queueCapacity }) => queueCapacity)),
    receivers: mergeReceivers(all.map(({ receivers }) => receivers)),
    grpcConnectionsEnded: addMaps(all.map(({ grpcConnectionsEnded }) => grpcConnectionsEnded)),
    heap: addAll(all.map(({ heap }) => heap)),
    gc: Object.fromEntries(GC_KINDS.map((kind) => [kind, mergeBuckets(all.map(({ gc }) => gc[kind]))])) as PlaneFigures["gc"],
  };
}

export function mergeWindows(all: readonly PlaneWindow[]): PlaneWindow {
  const windows = all.map(({ window }) => window);
  return {
    window: {
      acknowledgement: mergeHistograms(windows.map(({ acknowledgement }) => acknowledgement)),
      stages: perStage((stage) => mergeHistograms(windows.map(({ stages }) => stages[stage]))) as WindowSnapshot["stages"],
    },
    // The thread that is worst off counts: its clients wait for it.
    eventLoopDelay: { p50Ms: Math.max(...all.map((one) => one.eventLoopDelay.p50Ms)), p99Ms: Math.max(...all.map((one) => one.eventLoopDelay.p99Ms)) },
    gc: { gcMs: all.reduce((sum, { gc }) => sum + gc.gcMs, 0), gcLongestMs: Math.max(...all.map(({ gc }) => gc.gcLongestMs)) },
    figures: mergeFigures(all.map(({ figures }) => figures)),
  };
}

/** Whole traces are those up to the lowest share. */
function mergeRecordings(all: readonly RecordingFigures[]): RecordingFigures | null {
  if (all.length === 0) return null;
  const began = all.map(({ sinceMs }) => sinceMs).filter((sinceMs) => sinceMs > 0);
  return {
    ...addAll(all),
    sinceMs: began.length === 0 ? 0 : Math.min(...began),
    share: Math.min(...all.map(({ share }) => share)),
    problem: all.find(({ problem }) => problem !== "")?.problem ?? "",
  };
}

function mergeLedgers(all: readonly LedgerFigures[]): LedgerFigures {
  const tiers = new Map<string, LedgerFigures["tiers"][number]>();
  for (const tier of all.flatMap((one) => one.tiers)) {
    const known = tiers.get(tier.name);
    tiers.set(tier.name, known === undefined ? tier : { ...addAll([known, tier]), name: tier.name });
  }
  return {
    ...addAll(all.map(({ droppedByReason: _dropped, refusedByReason: _refused, tiers: _tiers, ...totals }) => totals)),
    droppedByReason: mergeReasons(all.map(({ droppedByReason }) => droppedByReason)),
    refusedByReason: mergeReasons(all.map(({ refusedByReason }) => refusedByReason)),
    tiers: [...tiers.values()],
  };
}

function mergeReasons(all: readonly ReadonlyMap<string, ReasonTotals>[]): Map<string, ReasonTotals> {
  const merged = new Map<string, ReasonTotals>();
  for (const [reason, totals] of all.flatMap((one) => [...one])) merged.set(reason, addAll([merged.get(reason) ?? { spans: 0, requests: 0 }, totals]));
  return merged;
}

/** While a new policy reaches one thread after the other, what most spans went through counts. */
function mergeOverlaps(all: readonly PlaneFigures[]): OverlapFigures | null {
  const sums = addOverlaps(all.flatMap(({ overlaps }) => overlaps ?? []));
  return sums.reduce<OverlapFigures | null>((most, one) => (most === null || one.spans > most.spans ? one : most), null);
}

/** Where one thread can't, it does not hold for the collector. */
function mergeKeepAll(all: readonly KeepAllCount[][]): KeepAllCount[] {
  const byId = Map.groupBy(all.flat(), ({ id }) => id);
  return Array.from(byId.values(), (same) => ({
    ...addAll(same),
    active: same.every(({ active }) => active),
    problem: same.find(({ problem }) => problem !== "")?.problem ?? "",
  }));
}

/** All of them read the same files, if not at the same instant. */
function mergeReceivers(all: readonly ReceiverFigures[]): ReceiverFigures {
  return {
    ...addAll(all),
    reloads: Math.max(...all.map(({ reloads }) => reloads)),
    reloadsFailed: Math.max(...all.map(({ reloadsFailed }) => reloadsFailed)),
    certificateNotAfterMs: Math.min(...all.map(({ certificateNotAfterMs }) => certificateNotAfterMs)),
  };
}

/** All have them in the same order. */
function mergeSignals(all: readonly SignalFigures[][]): SignalFigures[] {
  return all[0].map((first, at) => {
    const same = all.map((one) => one[at]);
    const destinations = same.flatMap(({ destination }) => (destination === undefined ? [] : [destination]));
    return {
      ...addAll(same),
      signal: first.signal,
      droppedByReason: mergeReasons(same.map(({ droppedByReason }) => droppedByReason)),
      refusedByReason: mergeReasons(same.map(({ refusedByReason }) => refusedByReason)),
      destination: destinations.length === 0 ? undefined : mergeDestinations([destinations])[0],
    };
  });
}

/** By name; those that all have come first, in the order of the first plane. */
function mergeDestinations(all: readonly DestinationFigures[][]): DestinationFigures[] {
  const byName = Map.groupBy(all.flat(), ({ name }) => name);
  return Array.from(byName.values(), (same) => {
    if (same.length === 1) return same[0];
    const breaker = worst(
      ["closed", "half-open", "open"] satisfies (typeof BREAKER_STATES)[number][],
      same.map((one) => one.breaker),
    );
    const wal = worst(
      WAL_STATES,
      same.map((one) => one.wal),
    );
    const lastFailed = same.reduce((last, one) => (one.lastFailureMs > last.lastFailureMs ? one : last));
    return {
      ...addAll(same),
      name: same[0].name,
      breaker,
      breakerSinceMs: Math.max(...same.filter((one) => one.breaker === breaker).map(({ breakerSinceMs }) => breakerSinceMs)),
      lastFailure: lastFailed.lastFailure,
      lastFailureMs: lastFailed.lastFailureMs,
      wal,
      walProblem: same.find((one) => one.wal === wal)?.walProblem ?? "",
      walAgeMs: Math.max(...same.map(({ walAgeMs }) => walAgeMs)),
      batchSize: Math.max(...same.map(({ batchSize }) => batchSize)),
      batchSizeMin: same[0].batchSizeMin,
      batchSizeMax: same[0].batchSizeMax,
    };
  });
}

function mergeBuckets(all: readonly BucketFigures[]): BucketFigures {
  return {
    cumulative: all[0].cumulative.map((_, bound) => all.reduce((sum, { cumulative }) => sum + cumulative[bound], 0)),
    count: all.reduce((sum, { count }) => sum + count, 0),
    sum: all.reduce((sum, one) => sum + one.sum, 0),
  };
}

function mergeHistograms(all: readonly HistogramSnapshot[]): HistogramSnapshot {
  const merged = new ExponentialHistogram();
  for (const snapshot of all) merged.merge(ExponentialHistogram.fromSnapshot(snapshot));
  return merged.snapshot();
}

/** Adds up every field that is a number; the others are the first one's. */
function addAll<T extends object>(all: readonly T[]): T {
  const [first, ...others] = all.map((one): Record<string, unknown> => Object.fromEntries(Object.entries(one)));
  for (const one of others) {
    for (const [field, value] of Object.entries(one)) if (typeof value === "number") first[field] = Number(first[field]) + value;
  }
  return first as T;
}

function addMaps(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const [key, value] of all.flatMap((one) => [...one])) sum.set(key, (sum.get(key) ?? 0) + value);
  return sum;
}

/** The one that stands last in `order`. */
function worst<T>(order: readonly T[], all: readonly T[]): T {
  return all.reduce((bad, one) => (order.indexOf(one) > order.indexOf(bad) ? one : bad));
}

function perStage<T>(make: (stage: Stage) => T): Record<Stage, T> {
  return Object.fromEntries(STAGES.map((stage) => [stage, make(stage)])) as Record<Stage, T>;
}
