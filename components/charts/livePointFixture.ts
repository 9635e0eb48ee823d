import type { LivePoint } from "#domain/telemetry/live.ts";

/** A second of calm traffic for tests; `over` says what differs. */
export function livePoint(over: Partial<LivePoint> = {}): LivePoint {
  return {
    atMs: 0,
    receivedPerS: 1000,
    keptPerS: 64,
    sampledOutPerS: 936,
    droppedPerS: 0,
    refusedPerS: 0,
    deliveredPerS: 64,
    sampleShare: 0,
    bytesReceivedPerS: 430_000,
    bytesKeptPerS: 27_520,
    queueSpans: 100,
    queueCapacitySpans: 200_000,
    rssBytes: 200_000_000,
    cpuCores: 0.2,
    ackP50Ms: 4,
    ackP90Ms: 9,
    ackP99Ms: 20,
    stageMeanMs: { network: 1, queueWait: 1, processing: 1, serialization: 1, export: 1 },
    costMicroUsdPerHour: 200_000,
    unsampledCostMicroUsdPerHour: 900_000,
    reporting: 1,
    expected: 1,
    ...over,
  };
}
