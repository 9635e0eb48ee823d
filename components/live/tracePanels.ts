import type { LivePoint } from "#domain/telemetry/live.ts";
import type { ChartPanelSpec } from "../charts/ChartPanel.tsx";
import { formatBytes } from "../format/formatBytes.ts";
import { formatMs } from "../format/formatDuration.ts";
import { formatCompact, formatPercent } from "../format/formatNumber.ts";
import { STAGE_COLORS, STAGE_LABELS } from "./stageWords.ts";
import { inTraceScope } from "./traceScope.ts";

const NO_TRACE_SCOPE = "no collector decides whole traces";

/** Where spans are decided one by one nothing can wait: that is a gap, not a zero. */
const whole = (value: (point: LivePoint) => number | null) => (point: LivePoint) => (inTraceScope(point) ? value(point) : null);
const bound = (value: (point: LivePoint) => number) => (point: LivePoint) => (value(point) > 0 ? value(point) : null);

export const WAITING_PANEL: ChartPanelSpec = {
  id: "waiting",
  title: "Waiting for their trace",
  unit: "spans",
  series: [
    { key: "spans", label: "spans", color: "var(--s1)", draw: "area", value: whole((point) => point.waitingSpans) },
    { key: "traces", label: "traces", color: "var(--s6)", draw: "line", value: whole((point) => point.waitingTraces) },
    { key: "spansMax", label: "bound of spans", color: "var(--s1)", draw: "limit", value: bound((point) => point.waitingSpansMax) },
    { key: "tracesMax", label: "bound of traces", color: "var(--s6)", draw: "limit", value: bound((point) => point.waitingTracesMax) },
  ],
  fact: (point) => (inTraceScope(point) ? nearestBound(point) : NO_TRACE_SCOPE),
};

export const HELD_PANEL: ChartPanelSpec = {
  id: "held",
  title: "Held memory",
  unit: "bytes",
  legend: false,
  series: [
    { key: "held", label: "held by waiting spans", color: "var(--s3)", draw: "area", value: whole((point) => point.heldBytes) },
    { key: "bound", label: "bound", color: "var(--bad)", draw: "limit", value: bound((point) => point.heldBytesMax) },
  ],
  fact: (point) => {
    if (!inTraceScope(point)) return NO_TRACE_SCOPE;
    return point.heldBytesMax > 0 ? `${formatBytes(point.heldBytes)} of ${formatBytes(point.heldBytesMax)}` : formatBytes(point.heldBytes);
  },
};

export const DECISIONS_PANEL: ChartPanelSpec = {
  id: "decisions",
  title: "Decisions",
  unit: "per s",
  series: [
    {
      key: "inTime",
      label: "traces in time",
      color: "var(--s3)",
      draw: "stack",
      value: whole((point) => Math.max(0, point.tracesDecidedPerS - point.tracesDecidedEarlyPerS)),
    },
    { key: "early", label: "traces early", color: "var(--refused)", draw: "stack", value: whole((point) => point.tracesDecidedEarlyPerS) },
    { key: "lateKept", label: "late spans kept", color: "var(--kept)", draw: "line", value: whole((point) => point.lateKeptPerS) },
    { key: "lateOut", label: "late spans sampled out", color: "var(--text-3)", draw: "line", value: whole((point) => point.lateSampledOutPerS) },
  ],
  fact: (point) => {
    if (!inTraceScope(point)) return NO_TRACE_SCOPE;
    const early = point.tracesDecidedEarlyPerS;
    return `${formatCompact(point.tracesDecidedPerS)} traces/s${early > 0 ? ` · ${formatPercent(early / Math.max(early, point.tracesDecidedPerS))} early` : ""}`;
  },
};

export const DECISION_WAIT_PANEL: ChartPanelSpec = {
  id: "decision-wait",
  title: "Decision wait",
  unit: "ms",
  legend: false,
  meanOfSeconds: 5,
  series: [{ key: "wait", label: STAGE_LABELS.decisionWait, color: STAGE_COLORS.decisionWait, draw: "area", value: (point) => point.stageMeanMs.decisionWait }],
  fact: (point) => {
    const wait = point.stageMeanMs.decisionWait;
    if (wait !== null) return `${formatMs(wait)} a trace · means of 5 s`;
    return inTraceScope(point) ? "means of 5 s" : NO_TRACE_SCOPE;
  },
};

/** `1.2k traces, 8.2k of 500k spans`: the amount that is nearer to its bound is the one told with it. */
function nearestBound({ waitingSpans, waitingTraces, waitingSpansMax, waitingTracesMax }: LivePoint): string {
  const spans = `${formatCompact(waitingSpans)}`;
  const traces = `${formatCompact(waitingTraces)}`;
  if (waitingSpansMax === 0 || waitingTracesMax === 0) return `${spans} spans in ${traces} traces`;
  if (waitingTraces / waitingTracesMax > waitingSpans / waitingSpansMax) return `${traces} of ${formatCompact(waitingTracesMax)} traces · ${spans} spans`;
  return `${spans} of ${formatCompact(waitingSpansMax)} spans · ${traces} traces`;
}
