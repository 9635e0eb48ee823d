import type { DestinationFigures, Measurement, MemoryFigures, TraceFigures } from "#domain/telemetry/measurement.ts";
import type { Ledger, ReasonTotals } from "./ledger.ts";
import type { RuntimeFigures } from "./runtime.ts";
import type { WindowSnapshot } from "./stageTimers.ts";

export type MeasureParts = {
  atMs: number;
  windowMs: number;
  processStartMs: number;
  revision: number;
  ledger: Ledger;
  window: WindowSnapshot;
  runtime: RuntimeFigures;
  eventLoopDelayP99Ms: number;
  queue: { spans: number; bytes: number; capacitySpans: number; capacityBytes: number };
  archive: { bytes: number; bytesMax: number };
  ratios: ReadonlyMap<string, number>;
  trace: TraceFigures;
  destinations: DestinationFigures[];
  memory: MemoryFigures;
};

/** One second of this collector as the control plane takes it. Everything is read in one tick, so the ledger's law holds in it. */
export function measure(parts: MeasureParts): Measurement {
  const { ledger, window, queue } = parts;
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
    tiers: ledger.tierList.map(({ id: _id, ...tier }) => ({ ...tier, ratio: parts.ratios.get(tier.name) ?? null })),
    trace: parts.trace,
    destinations: parts.destinations,
    memory: parts.memory,
    droppedByReason: reasons(ledger.droppedByReason),
    refusedByReason: reasons(ledger.refusedByReason),
    queueSpans: queue.spans,
    queueBytes: queue.bytes,
    queueCapacitySpans: queue.capacitySpans,
    queueCapacityBytes: queue.capacityBytes,
    ...parts.runtime,
    eventLoopDelayP99Ms: parts.eventLoopDelayP99Ms,
    archiveBytes: parts.archive.bytes,
    archiveBytesMax: parts.archive.bytesMax,
    acknowledgement: window.acknowledgement,
    stages: window.stages,
  };
}

function reasons(totals: ReadonlyMap<string, ReasonTotals>): { reason: string; spans: number; requests: number }[] {
  return Array.from(totals, ([reason, { spans, requests }]) => ({ reason, spans, requests }));
}
