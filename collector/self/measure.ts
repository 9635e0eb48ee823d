import type { TierWatch } from "#domain/sampling/tierSilence.ts";
import type { Measurement, SignalTotals } from "#domain/telemetry/measurement.ts";
import type { GcWindow } from "./gcPauses.ts";
import type { ReasonTotals } from "./ledger.ts";
import type { PlaneFigures } from "./planeFigures.ts";
import type { DelayFigures, ProcessFigures } from "./runtime.ts";
import type { SignalFigures } from "./signalLedger.ts";
import type { WindowSnapshot } from "./stageTimers.ts";

/** They change slowly and can be long. */
const OVERLAPS_EVERY_MS = 10_000;
const TIER_WATCHES_EVERY_MS = 60_000;

export type MeasureParts = {
  atMs: number;
  windowMs: number;
  processStartMs: number;
  revision: number;
  figures: PlaneFigures;
  window: WindowSnapshot;
  /** Told each minute. */
  tierWatches: readonly TierWatch[];
  process: ProcessFigures;
  eventLoopDelay: DelayFigures;
  gc: GcWindow;
};

/** One second of this collector as the control plane takes it. */
export function measure(parts: MeasureParts): Measurement {
  const { figures, window } = parts;
  const { ledger, destinations } = figures;
  return {
    atMs: parts.atMs,
    windowMs: parts.windowMs,
    processStartMs: parts.processStartMs,
    revision: parts.revision,
    received: ledger.received,
    sampledOut: ledger.sampledOut,
    waiting: ledger.waiting,
    queued: ledger.queued,
    delivered: ledger.delivered,
    dropped: ledger.dropped,
    refused: ledger.refused,
    sampleReceived: ledger.sampleReceived,
    recovered: ledger.recovered,
    kept: ledger.kept,
    requests: ledger.requests,
    bytesReceived: ledger.bytesReceived,
    bytesKept: ledger.bytesKept,
    bytesDelivered: ledger.bytesDelivered,
    tiers: ledger.tiers.map((tier) => ({ ...tier, ratio: figures.ratios.get(tier.name) ?? null })),
    overlaps: parts.atMs % OVERLAPS_EVERY_MS < 1000 ? figures.overlaps : null,
    tierWatches: parts.atMs % TIER_WATCHES_EVERY_MS < 1000 ? [...parts.tierWatches] : [],
    keepAll: figures.keepAll,
    trace: figures.trace,
    destinations,
    memory: figures.memory,
    signals: figures.signals.filter(({ received, refusedRequests }) => received + refusedRequests > 0).map(signalTotals),
    droppedByReason: reasons(ledger.droppedByReason),
    refusedByReason: reasons(ledger.refusedByReason),
    queueSpans: destinations.reduce((sum, { memorySpans }) => sum + memorySpans, 0),
    queueBytes: destinations.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    queueCapacitySpans: figures.queueCapacity.spans,
    queueCapacityBytes: figures.queueCapacity.bytes,
    rssBytes: parts.process.rssBytes,
    cpuSeconds: parts.process.cpuSeconds,
    heapUsedBytes: figures.heap.usedBytes,
    externalBytes: figures.heap.externalBytes,
    eventLoopDelayP99Ms: parts.eventLoopDelay.p99Ms,
    runtime: {
      heapTotalBytes: figures.heap.totalBytes,
      arrayBuffersBytes: figures.heap.arrayBuffersBytes,
      eventLoopDelayP50Ms: parts.eventLoopDelay.p50Ms,
      ...parts.gc,
      threads: parts.process.threads,
      openFiles: parts.process.openFiles,
    },
    recording: figures.recording,
    archiveBytes: figures.archive.bytes,
    archiveBytesMax: figures.archive.bytesMax,
    acknowledgement: window.acknowledgement,
    stages: window.stages,
  };
}

function signalTotals({ destination, ...figures }: SignalFigures): SignalTotals {
  const { signal, received, recovered, queued, delivered, dropped, refused, requests, refusedRequests, bytesReceived, bytesDelivered } = figures;
  return {
    ...{ signal, received, recovered, queued, delivered, dropped, refused, requests, refusedRequests, bytesReceived, bytesDelivered },
    breaker: destination?.breaker ?? "closed",
    lastFailure: destination?.lastFailure ?? "",
    wal: destination?.wal ?? "off",
    walProblem: destination?.walProblem ?? "",
    walBytes: destination?.walBytes ?? 0,
  };
}

function reasons(totals: ReadonlyMap<string, ReasonTotals>): { reason: string; spans: number; requests: number }[] {
  return Array.from(totals, ([reason, { spans, requests }]) => ({ reason, spans, requests }));
}
