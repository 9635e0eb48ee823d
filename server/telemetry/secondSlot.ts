import { isLogInTrouble, type MemoryState, SHED_PREFIX } from "#domain/telemetry/delivery.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { LivePoint } from "#domain/telemetry/live.ts";
import type { DestinationFigures, HistogramSnapshot, Measurement, Stage } from "#domain/telemetry/measurement.ts";

/** One second of one collector: rates from the difference of two measurements, gauges from the later one. */
export type SecondSlot = {
  second: number;
  /** What its rates are of: the time between the two measurements. */
  elapsedS: number;
  /** How far back it tells of what was dropped; where two measurements fall into one second, with the first. */
  coversS: number;
  /** Of a process that has just started: what the one before did after its last measurement is not known. */
  isFirst: boolean;
  /** In that time; where two measurements fall into one second, of both. */
  droppedSpans: number;
  receivedPerS: number;
  keptPerS: number;
  sampledOutPerS: number;
  droppedPerS: number;
  shedPerS: number;
  refusedPerS: number;
  deliveredPerS: number;
  sampleReceivedPerS: number;
  bytesReceivedPerS: number;
  bytesKeptPerS: number;
  queueSpans: number;
  queueCapacitySpans: number;
  retriesPerS: number;
  failedTriesPerS: number;
  breakersOpen: number;
  breakersHalfOpen: number;
  breakersAll: number;
  logs: number;
  logsInTrouble: number;
  walBytes: number;
  walBytesMax: number;
  walAgeMs: number;
  walOnlySpans: number;
  batchSize: LivePoint["batchSize"];
  waitingSpans: number;
  waitingTraces: number;
  heldBytes: number;
  waitingSpansMax: number;
  waitingTracesMax: number;
  heldBytesMax: number;
  tracesDecidedPerS: number;
  tracesDecidedEarlyPerS: number;
  lateKeptPerS: number;
  lateSampledOutPerS: number;
  rssBytes: number;
  /** Null where the collector doesn't say. */
  memory: { state: MemoryState; softBytes: number; limitBytes: number } | null;
  cpuCores: number;
  acknowledgement: HistogramSnapshot;
  stages: Record<Stage, { sum: number; count: number }>;
};

/** Its counters began at zero within the window of this measurement. */
export function hasJustStarted({ atMs, processStartMs, windowMs }: Measurement): boolean {
  return atMs - processStartMs <= windowMs * 2 + 1_000;
}

/**
 * Null when there is nothing to take a difference from: the first measurement of a process that had been running for longer than its window.
 * A process that has just started began at zero. Counters never make a rate negative.
 */
export function toSecondSlot(second: number, now: Measurement, before: Measurement | null): SecondSlot | null {
  const sameProcess = before !== null && before.processStartMs === now.processStartMs;
  const sinceStartMs = now.atMs - now.processStartMs;
  if (!sameProcess && !hasJustStarted(now)) return null;
  const elapsedS = Math.max(sameProcess ? now.atMs - before.atMs : sinceStartMs, 100) / 1_000;
  const rate = (total: (of: Measurement) => number) => Math.max(0, total(now) - (sameProcess ? total(before) : 0)) / elapsedS;
  // Of each destination by itself: one that is taken out must not hide what the others did.
  const destinationRate = (key: "retries" | "failedTries") => {
    const known = new Map(sameProcess ? before.destinations.map((one) => [one.name, one[key]]) : []);
    const since = (total: number, was: number) => (total >= was ? total - was : total);
    return now.destinations.reduce((sum, one) => sum + since(one[key], known.get(one.name) ?? 0), 0) / elapsedS;
  };
  return {
    second,
    elapsedS,
    coversS: elapsedS,
    isFirst: !sameProcess,
    droppedSpans: Math.max(0, now.dropped - (sameProcess ? before.dropped : 0)),
    // What came back from the log was received before the process began.
    receivedPerS: rate(({ received, recovered }) => received - recovered),
    keptPerS: rate(({ kept }) => kept),
    sampledOutPerS: rate(({ sampledOut }) => sampledOut),
    droppedPerS: rate(({ dropped }) => dropped),
    shedPerS: rate(shedSpans),
    refusedPerS: rate(({ refused }) => refused),
    deliveredPerS: rate(({ delivered }) => delivered),
    sampleReceivedPerS: rate(({ sampleReceived }) => sampleReceived),
    bytesReceivedPerS: rate(({ bytesReceived }) => bytesReceived),
    bytesKeptPerS: rate(({ bytesKept }) => bytesKept),
    queueCapacitySpans: now.queueCapacitySpans,
    retriesPerS: destinationRate("retries"),
    failedTriesPerS: destinationRate("failedTries"),
    ...deliveryGauges(now.destinations),
    waitingSpans: now.waiting,
    waitingTraces: now.trace.waitingTraces,
    heldBytes: now.trace.heldBytes,
    waitingSpansMax: now.trace.spansMax,
    waitingTracesMax: now.trace.tracesMax,
    heldBytesMax: now.trace.bytesMax,
    tracesDecidedPerS: rate(({ trace }) => trace.tracesKept + trace.tracesSampledOut),
    tracesDecidedEarlyPerS: rate(({ trace }) => trace.tracesDecidedEarly),
    lateKeptPerS: rate(({ trace }) => trace.lateKept),
    lateSampledOutPerS: rate(({ trace }) => trace.lateSampledOut),
    rssBytes: now.rssBytes,
    memory: now.memory.limitBytes > 0 ? { ...now.memory } : null,
    cpuCores: rate(({ cpuSeconds }) => cpuSeconds),
    acknowledgement: compact(now.acknowledgement),
    stages: stageSums(now),
  };
}

function shedSpans({ droppedByReason }: Measurement): number {
  return droppedByReason.reduce((sum, { reason, spans }) => (reason.startsWith(SHED_PREFIX) ? sum + spans : sum), 0);
}

function deliveryGauges(destinations: readonly DestinationFigures[]) {
  const sum = (value: (of: DestinationFigures) => number) => destinations.reduce((total, one) => total + value(one), 0);
  const count = (holds: (of: DestinationFigures) => boolean) => sum((one) => (holds(one) ? 1 : 0));
  return {
    queueSpans: sum(({ memorySpans }) => memorySpans),
    breakersOpen: count(({ breaker }) => breaker === "open"),
    breakersHalfOpen: count(({ breaker }) => breaker === "half-open"),
    breakersAll: destinations.length,
    logs: count(({ wal }) => wal !== "off"),
    logsInTrouble: count(({ wal }) => isLogInTrouble(wal)),
    walBytes: sum(({ walBytes }) => walBytes),
    walBytesMax: sum(({ wal, walBytesMax }) => (wal === "off" ? 0 : walBytesMax)),
    walAgeMs: Math.max(...destinations.map(({ walAgeMs }) => walAgeMs)),
    walOnlySpans: sum(({ walOnlySpans }) => walOnlySpans),
    batchSize: spreadOf(
      destinations
        .filter(({ batchSize }) => batchSize > 0)
        .map(({ batchSize, batchSizeMin, batchSizeMax }) => ({ smallest: batchSize, largest: batchSize, min: batchSizeMin, max: batchSizeMax })),
    ),
  };
}

/** The widest of several spreads; null of none. */
export function spreadOf(spreads: readonly NonNullable<LivePoint["batchSize"]>[]): LivePoint["batchSize"] {
  if (spreads.length === 0) return null;
  const least = (key: "smallest" | "min") => Math.min(...spreads.map((spread) => spread[key]));
  const most = (key: "largest" | "max") => Math.max(...spreads.map((spread) => spread[key]));
  return { smallest: least("smallest"), largest: most("largest"), min: least("min"), max: most("max") };
}

function stageSums({ stages }: Measurement): Record<Stage, { sum: number; count: number }> {
  const sums = (stage: Stage) => ({ sum: stages[stage].sum, count: stages[stage].count });
  return {
    network: sums("network"),
    queueWait: sums("queueWait"),
    decisionWait: sums("decisionWait"),
    processing: sums("processing"),
    serialization: sums("serialization"),
    export: sums("export"),
  };
}

/** 15 minutes of histograms are kept per collector, so each is brought to buckets about 4% wide. */
const KEPT_SCALE = 4;

function compact(snapshot: HistogramSnapshot): HistogramSnapshot {
  if (snapshot.scale <= KEPT_SCALE) return snapshot;
  const histogram = ExponentialHistogram.fromSnapshot(snapshot);
  histogram.downscale(histogram.scale - KEPT_SCALE);
  return histogram.snapshot();
}
