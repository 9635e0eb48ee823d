import type { LivePoint } from "#domain/telemetry/live.ts";
import type { ChartPanelSpec } from "../../charts/ChartPanel.tsx";
import { formatBytes } from "../../format/formatBytes.ts";
import { formatAge } from "../../format/formatDuration.ts";
import { formatCount } from "../../format/formatNumber.ts";

export const BREAKERS_PANEL: ChartPanelSpec = {
  id: "breakers",
  title: "Breakers and retries",
  unit: "per s",
  series: [
    {
      key: "open",
      label: "not closed",
      color: "var(--bad)",
      draw: "band",
      opacity: 0.14,
      value: (point) => point.breakersOpen + point.breakersHalfOpen,
    },
    { key: "failed", label: "failed tries", color: "var(--s2)", draw: "line", value: (point) => point.failedTriesPerS },
    { key: "retries", label: "retries", color: "var(--s1)", draw: "line", value: (point) => point.retriesPerS },
  ],
  fact: breakersFact,
};

export const LOG_PANEL: ChartPanelSpec = {
  id: "log",
  title: "Write-ahead log",
  unit: "bytes",
  legend: false,
  emptiness: "no collector has its write-ahead log on; kept spans wait in memory alone",
  series: [
    { key: "bytes", label: "on disk", color: "var(--s4)", draw: "area", value: (point) => (point.logs > 0 ? point.walBytes : null) },
    { key: "bound", label: "bound", color: "var(--bad)", draw: "limit", drawFromShare: 0.1, value: (point) => (point.logs > 0 ? point.walBytesMax : null) },
  ],
  fact: (point) => {
    if (point.logs === 0) return "off";
    const oldest = point.walAgeMs >= 1_000 ? ` · oldest ${formatAge(point.walAgeMs)}` : "";
    const trouble = point.logsInTrouble > 0 ? ` · ${point.logsInTrouble} of ${point.logs} in trouble` : "";
    return `${formatBytes(point.walBytes)} of ${formatBytes(point.walBytesMax)}${oldest}${trouble}`;
  },
};

export const REASONS_PANEL: ChartPanelSpec = {
  id: "reasons",
  title: "Refused and shed",
  unit: "spans/s",
  series: [
    { key: "refused", label: "refused", color: "var(--refused)", draw: "stack", value: (point) => point.refusedPerS },
    { key: "shed", label: "shed", color: "var(--s6)", draw: "stack", value: (point) => point.shedPerS },
    { key: "dropped", label: "other drops", color: "var(--dropped)", draw: "stack", value: (point) => Math.max(0, point.droppedPerS - point.shedPerS) },
  ],
  // Rates stand in the table of reasons beside it.
  fact: (point) => (point.refusedPerS + point.droppedPerS === 0 ? "none now" : ""),
};

export const BATCH_PANEL: ChartPanelSpec = {
  id: "batch",
  title: "Batch size",
  unit: "spans",
  legend: ["largest", "smallest"],
  emptiness: "no collector says how large its batches are",
  series: [
    { key: "largest", label: "largest", color: "var(--s1)", draw: "line", value: (point) => point.batchSize?.largest ?? null },
    { key: "smallest", label: "smallest", color: "var(--s3)", draw: "line", value: (point) => point.batchSize?.smallest ?? null },
    { key: "max", label: "upper bound", color: "var(--text-3)", draw: "limit", value: (point) => point.batchSize?.max ?? null },
    { key: "min", label: "lower bound", color: "var(--text-3)", draw: "limit", value: (point) => point.batchSize?.min ?? null },
  ],
  fact: ({ batchSize }) => {
    if (batchSize === null) return "not told";
    const { smallest, largest } = batchSize;
    return `${smallest === largest ? formatCount(largest) : `${formatCount(smallest)}–${formatCount(largest)}`} spans`;
  },
};

function breakersFact({ breakersOpen, breakersHalfOpen, breakersAll }: LivePoint): string {
  const states = [breakersOpen > 0 ? `${breakersOpen} open` : "", breakersHalfOpen > 0 ? `${breakersHalfOpen} half-open` : ""].filter((word) => word !== "");
  return states.length > 0 ? `${states.join(", ")} of ${breakersAll}` : breakersAll === 1 ? "closed" : `all ${breakersAll} closed`;
}
