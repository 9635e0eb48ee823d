import { createElement } from "react";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { STAGES, type Stage } from "#domain/telemetry/stages.ts";
import type { ChartPanelSpec } from "../charts/ChartPanel.tsx";
import { formatMs } from "../format/formatDuration.ts";
import { formatMicroUsd } from "../format/formatMoney.ts";
import { formatCompact, formatPercent } from "../format/formatNumber.ts";
import { MemoryFact } from "./MemoryFact.tsx";
import { STAGE_COLORS, STAGE_LABELS } from "./stageWords.ts";

/** A trace waits seconds where everything else takes milliseconds, so its wait has a panel of its own (`tracePanels.ts`). */
const STACKED: readonly Stage[] = STAGES.filter((stage) => stage !== "decisionWait");

export const STAGES_PANEL: ChartPanelSpec = {
  id: "stages",
  title: "Where the time goes",
  unit: "ms",
  // Batches leave about once a second, so single seconds often have no queue wait or export to show.
  meanOfSeconds: 5,
  fact: () => "means of 5 s",
  series: STACKED.map((stage) => ({
    key: stage,
    label: STAGE_LABELS[stage],
    color: STAGE_COLORS[stage],
    draw: "stack",
    value: (point) => point.stageMeanMs[stage],
  })),
};

export const OUTCOME_PANEL: ChartPanelSpec = {
  id: "outcome",
  title: "Outcome",
  unit: "spans/s",
  series: [
    { key: "kept", label: "kept", color: "var(--kept)", draw: "stack", value: (point) => point.keptPerS },
    { key: "sampledOut", label: "sampled out", color: "var(--sampled)", opacity: 0.5, draw: "stack", value: (point) => point.sampledOutPerS },
    { key: "refused", label: "refused", color: "var(--refused)", draw: "stack", value: (point) => point.refusedPerS },
    { key: "dropped", label: "dropped", color: "var(--dropped)", draw: "stack", value: (point) => point.droppedPerS },
  ],
};

export const LATENCY_PANEL: ChartPanelSpec = {
  id: "latency",
  title: "Acknowledgement",
  unit: "ms",
  series: [
    { key: "p50", label: "P50", color: "var(--s3)", draw: "line", value: (point) => point.ackP50Ms },
    { key: "p90", label: "P90", color: "var(--s1)", draw: "line", value: (point) => point.ackP90Ms },
    { key: "p99", label: "P99", color: "var(--s2)", draw: "line", value: (point) => point.ackP99Ms },
  ],
  fact: (point) => (point.ackP99Ms === null ? "" : `P99 ${formatMs(point.ackP99Ms)}`),
};

export const QUEUE_PANEL: ChartPanelSpec = {
  id: "queue",
  title: "Queue",
  unit: "spans",
  legend: ["memory", "log"],
  series: [
    { key: "memory", label: "in memory", color: "var(--s2)", draw: "stack", opacity: 0.6, value: (point) => point.queueSpans },
    { key: "log", label: "in the log alone", color: "var(--s4)", draw: "stack", opacity: 0.6, value: (point) => (point.logs > 0 ? point.walOnlySpans : null) },
    { key: "capacity", label: "may be in memory", color: "var(--bad)", draw: "limit", value: (point) => point.queueCapacitySpans },
  ],
  fact: (point) => `${formatCompact(point.queueSpans)} of ${formatCompact(point.queueCapacitySpans)} spans`,
};

export const MEMORY_PANEL: ChartPanelSpec = {
  id: "memory",
  title: "Memory",
  unit: "bytes",
  legend: false,
  series: [
    { key: "rss", label: "resident", color: "var(--s3)", draw: "area", value: (point) => point.rssBytes },
    { key: "soft", label: "soft mark", color: "var(--warn)", draw: "limit", value: (point) => point.memorySoftBytes },
    { key: "limit", label: "limit", color: "var(--bad)", draw: "limit", value: (point) => point.memoryLimitBytes },
  ],
  fact: (point, view) => createElement(MemoryFact, { point, view }),
};

export const CPU_PANEL: ChartPanelSpec = {
  id: "cpu",
  title: "CPU",
  unit: "cores",
  legend: false,
  series: [{ key: "cpu", label: "cores in use", color: "var(--s1)", draw: "area", value: (point) => point.cpuCores }],
  fact: (point) => `${point.cpuCores.toFixed(2)} ${point.cpuCores === 1 ? "core" : "cores"}${costOfMillion(point)}`,
};

export const COST_PANEL: ChartPanelSpec = {
  id: "cost",
  title: "Cost per hour",
  unit: "micro-USD/h",
  series: [
    { key: "unsampled", label: "without sampling", color: "var(--text-3)", draw: "limit", value: (point) => point.unsampledCostMicroUsdPerHour },
    { key: "cost", label: "now", color: "var(--s1)", draw: "line", value: (point) => point.costMicroUsdPerHour },
  ],
  fact: (point) => costAgainst(point),
};

function costOfMillion(point: LivePoint): string {
  return point.receivedPerS < 5000 ? "" : ` · ${((point.cpuCores / point.receivedPerS) * 1e6).toFixed(2)} CPU-s per million spans`;
}

function costAgainst(point: LivePoint): string {
  const { costMicroUsdPerHour: cost, unsampledCostMicroUsdPerHour: without } = point;
  if (without <= 0) return formatMicroUsd(cost);
  const change = (cost - without) / without;
  return `${change > 0 ? "+" : ""}${formatPercent(change)} against no sampling`;
}
