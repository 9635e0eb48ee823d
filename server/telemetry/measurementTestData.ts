import type { DestinationFigures, HistogramSnapshot, Measurement } from "#domain/telemetry/measurement.ts";
import { NO_TRACES } from "#domain/telemetry/measurement.ts";

export const T0 = 1_800_000_000_000;
export const NONE: HistogramSnapshot = { scale: 0, count: 0, sum: 0, min: 0, max: 0, zeroCount: 0, offset: 0, counts: [] };
export const NO_STAGES = { network: NONE, queueWait: NONE, decisionWait: NONE, processing: NONE, serialization: NONE, export: NONE };
const GAUGES = {
  queueSpans: 5,
  queueBytes: 0,
  queueCapacitySpans: 100,
  queueCapacityBytes: 0,
  rssBytes: 50,
  heapUsedBytes: 0,
  externalBytes: 0,
  eventLoopDelayP99Ms: 0,
  runtime: null,
  overlaps: null,
  recording: null,
  keepAll: [],
  tierWatches: [],
  archiveBytes: 7,
  archiveBytesMax: 0,
};

/** A destination that is well: breaker closed since the start, log on and nearly empty. */
export function destination(over: Partial<DestinationFigures> = {}): DestinationFigures {
  return {
    name: "default",
    queuedSpans: 5,
    memorySpans: 5,
    memoryBytes: 2_000,
    delivered: 0,
    dropped: 0,
    firstTries: 0,
    retries: 0,
    failedTries: 0,
    retriesHeldBack: 0,
    breaker: "closed",
    breakerSinceMs: T0,
    breakerOpened: 0,
    lastFailure: "",
    lastFailureMs: 0,
    wal: "ok",
    walProblem: "",
    walBytes: 1_000,
    walBytesMax: 1_000_000,
    walAgeMs: 200,
    walOnlySpans: 0,
    batchSize: 512,
    batchSizeMin: 512,
    batchSizeMax: 8_192,
    ...over,
  };
}

/** A collector that received `received` spans in all and kept a tenth of them, so many seconds after `T0`, when its process began. */
export function measuredAt(second: number, received: number, more: Partial<Measurement> = {}): Measurement {
  const kept = received / 10;
  return {
    received,
    recovered: 0,
    kept,
    sampledOut: received - kept,
    delivered: kept,
    waiting: 0,
    queued: 0,
    dropped: 0,
    refused: 0,
    sampleReceived: received / 2,
    requests: 0,
    bytesReceived: received * 400,
    bytesKept: kept * 400,
    bytesDelivered: 0,
    ...GAUGES,
    atMs: T0 + second * 1_000,
    windowMs: 1_000,
    processStartMs: T0,
    revision: 1,
    cpuSeconds: second / 2,
    tiers: [{ name: "default", kept, sampledOut: received - kept, bytesKept: kept * 400, bytesSampledOut: 0, ratio: 0.1 }],
    trace: NO_TRACES,
    destinations: [destination()],
    signals: [],
    memory: { state: "ok", limitBytes: 500, softBytes: 400 },
    droppedByReason: [],
    refusedByReason: [],
    acknowledgement: NONE,
    stages: NO_STAGES,
    ...more,
  };
}
