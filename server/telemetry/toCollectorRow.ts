import { costMicroUsdPerHour, type LivePrice } from "#domain/cost/livePrice.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { CollectorRow, CollectorState, RowRecording, RowRuntime } from "#domain/telemetry/live.ts";
import type { Measurement } from "#domain/telemetry/measurement.ts";
import type { CollectorRecord } from "./collectorDirectory.ts";
import type { CollectorSeries } from "./collectorSeries.ts";

/** Measurements come at least every 10 s; after this long without any, what is connected is stale. */
export const STALE_AFTER_MS = 25_000;
const FIGURES_FOR_S = 15;
const SEEN_ELSEWHERE_MS = 45_000;

export type Connection = { sinceMs: number; lastMessageMs: number };

type Facts = {
  record: CollectorRecord;
  series: CollectorSeries | null;
  connection: Connection | null;
  price: LivePrice;
  replica: string;
  nowMs: number;
};

/** A row of the fleet table; figures that are older than a few seconds are left out rather than shown as if they were current. */
export function toCollectorRow({ record, series, connection, price, replica, nowMs }: Facts): CollectorRow {
  const state = stateOf(record, connection, replica, nowMs);
  const slot = series && Math.floor(nowMs / 1_000) - series.lastSecond <= FIGURES_FOR_S && connection ? series.at(series.lastSecond) : null;
  const p99 = slot && ExponentialHistogram.fromSnapshot(slot.acknowledgement).quantile(0.99);
  const hasArchive = connection !== null && (series?.last?.archiveBytesMax ?? 0) > 0;
  const { id, name, labels, version, otlpGrpcEndpoint, otlpHttpEndpoint, assigned } = record;
  return {
    id,
    name,
    labels,
    version,
    state,
    lastSeenMs: connection?.lastMessageMs ?? record.lastSeenMs,
    connectedSinceMs: connection?.sinceMs ?? null,
    runningRevision: record.runningRevision || null,
    runningHash: record.runningHash || null,
    configState: configStateOf(record),
    configProblem: assigned?.revision && record.report?.revision === assigned.revision.number ? record.report.problem : null,
    group: assigned?.group ?? null,
    otherGroups: assigned?.otherGroups ?? [],
    assignedRevision: assigned?.revision?.number ?? null,
    overriddenUntilMs: assigned?.overriddenUntilMs ?? null,
    rollout: assigned?.rollout ?? null,
    receivedPerS: slot?.receivedPerS ?? null,
    keptPerS: slot?.keptPerS ?? null,
    ackP99Ms: p99 === null ? null : p99 * 1_000,
    queueSpans: slot?.queueSpans ?? null,
    queueCapacitySpans: slot?.queueCapacitySpans ?? null,
    rssBytes: slot?.rssBytes ?? null,
    cpuCores: slot?.cpuCores ?? null,
    runtime: slot && series?.last ? toRuntime(series.last) : null,
    costMicroUsdPerHour: slot ? costMicroUsdPerHour(price, slot.bytesKeptPerS, 1) : null,
    otlpGrpcEndpoint,
    otlpHttpEndpoint,
    archiveBytes: hasArchive ? (series?.last?.archiveBytes ?? null) : null,
    archiveBytesMax: hasArchive ? (series?.last?.archiveBytesMax ?? null) : null,
    delivery: slot && series ? series.rowDelivery() : null,
    recording: slot && series?.last ? toRecording(series.last) : null,
    sampleShare: slot ? (slot.receivedPerS === 0 ? 0 : Math.min(1, slot.sampleReceivedPerS / slot.receivedPerS)) : null,
  };
}

function toRuntime({ runtime, windowMs, heapUsedBytes, externalBytes, eventLoopDelayP99Ms }: Measurement): RowRuntime | null {
  if (runtime === null) return null;
  const { gcMs, ...rest } = runtime;
  return { ...rest, heapUsedBytes, externalBytes, eventLoopDelayP99Ms, gcMsPerS: (gcMs * 1_000) / windowMs };
}

function toRecording({ recording }: Measurement): RowRecording {
  return recording === null ? { kind: "off" } : { kind: "on", ...recording };
}

function stateOf(record: CollectorRecord, connection: Connection | null, replica: string, nowMs: number): CollectorState {
  if (connection) return nowMs - connection.lastMessageMs <= STALE_AFTER_MS ? "online" : "stale";
  const elsewhere = record.replica !== null && record.replica !== replica && nowMs - (record.lastSeenMs ?? 0) <= SEEN_ELSEWHERE_MS;
  return elsewhere ? "online" : "offline";
}

function configStateOf({ report, runningHash, assigned }: CollectorRecord): CollectorRow["configState"] {
  const wanted = assigned?.revision;
  if (!wanted) return "unmanaged";
  if (report?.revision === wanted.number && report.state === "failed") return "failed";
  if (runningHash === wanted.hash) return "in-sync";
  if (report?.revision === wanted.number && report.state === "applying") return "applying";
  return "behind";
}
