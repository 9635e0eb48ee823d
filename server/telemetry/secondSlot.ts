import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { HistogramSnapshot, Measurement, Stage } from "#domain/telemetry/measurement.ts";

/** One second of one collector: rates from the difference of two measurements, gauges from the later one. */
export type SecondSlot = {
  second: number;
  receivedPerS: number;
  keptPerS: number;
  sampledOutPerS: number;
  droppedPerS: number;
  refusedPerS: number;
  deliveredPerS: number;
  sampleReceivedPerS: number;
  bytesReceivedPerS: number;
  bytesKeptPerS: number;
  queueSpans: number;
  queueCapacitySpans: number;
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
  cpuCores: number;
  acknowledgement: HistogramSnapshot;
  stages: Record<Stage, { sum: number; count: number }>;
};

/**
 * Null when there is nothing to take a difference from: the first measurement of a process that had been running for longer than its window.
 * A process that has just started began at zero. Counters never make a rate negative.
 */
export function toSecondSlot(second: number, now: Measurement, before: Measurement | null): SecondSlot | null {
  const sameProcess = before !== null && before.processStartMs === now.processStartMs;
  const sinceStartMs = now.atMs - now.processStartMs;
  if (!sameProcess && sinceStartMs > now.windowMs * 2 + 1_000) return null;
  const elapsedS = Math.max(sameProcess ? now.atMs - before.atMs : sinceStartMs, 100) / 1_000;
  const rate = (total: (of: Measurement) => number) => Math.max(0, total(now) - (sameProcess ? total(before) : 0)) / elapsedS;
  return {
    second,
    receivedPerS: rate(({ received }) => received),
    keptPerS: rate(({ kept }) => kept),
    sampledOutPerS: rate(({ sampledOut }) => sampledOut),
    droppedPerS: rate(({ dropped }) => dropped),
    refusedPerS: rate(({ refused }) => refused),
    deliveredPerS: rate(({ delivered }) => delivered),
    sampleReceivedPerS: rate(({ sampleReceived }) => sampleReceived),
    bytesReceivedPerS: rate(({ bytesReceived }) => bytesReceived),
    bytesKeptPerS: rate(({ bytesKept }) => bytesKept),
    queueSpans: now.queueSpans,
    queueCapacitySpans: now.queueCapacitySpans,
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
    cpuCores: rate(({ cpuSeconds }) => cpuSeconds),
    acknowledgement: compact(now.acknowledgement),
    stages: stageSums(now),
  };
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
