import type { TraceSettings } from "#domain/sampling/traceSettings.ts";
import type { LivePoint } from "#domain/telemetry/live.ts";

export type Bounds = Pick<TraceSettings, "tracesMax" | "spansMax" | "bytesMax">;
export type Amounts = { traces: number | null; spans: number; bytes: number };

/** Traffic of all collectors together, as the mean of the seconds given; null without any. `tracesPerS` is null while nobody decides whole traces. */
export type Traffic = { spansPerS: number; bytesPerS: number; tracesPerS: number | null; collectors: number };

export function trafficOf(points: readonly LivePoint[]): Traffic | null {
  const newest = points.at(-1);
  if (newest === undefined || newest.reporting === 0) return null;
  const mean = (value: (point: LivePoint) => number) => points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const spansPerS = mean((point) => point.receivedPerS);
  if (spansPerS <= 0) return null;
  const tracesPerS = newest.waitingTracesMax > 0 ? mean((point) => point.tracesDecidedPerS) : 0;
  return { spansPerS, bytesPerS: mean((point) => point.bytesReceivedPerS), tracesPerS: tracesPerS > 0 ? tracesPerS : null, collectors: newest.reporting };
}

/** What waits at this moment, and against which bounds; null while no collector decides whole traces. */
export function waitingNow(point: LivePoint | undefined): { amounts: Amounts; bounds: Bounds } | null {
  if (point === undefined || (point.waitingTracesMax === 0 && point.waitingSpans === 0)) return null;
  return {
    amounts: { traces: point.waitingTraces, spans: point.waitingSpans, bytes: point.heldBytes },
    bounds: { tracesMax: point.waitingTracesMax, spansMax: point.waitingSpansMax, bytesMax: point.heldBytesMax },
  };
}

export type WaitNeed = { amounts: Amounts; bounds: Bounds; over: (keyof Amounts)[] };

/** Collectors take memory for waiting spans in blocks of this size: the newest is partly filled, the oldest partly empty. */
const BLOCK_BYTES = 1_048_576;

/**
 * What would wait at the present traffic if every trace waited for the whole of `waitMs`: per second × wait. Less where roots come early. The bounds are
 * of one collector each, so they count once for every collector, as if the traffic were even.
 */
export function waitNeed(traffic: Traffic, waitMs: number, own: Bounds): WaitNeed {
  const seconds = waitMs / 1000;
  const amounts: Amounts = {
    traces: traffic.tracesPerS === null ? null : traffic.tracesPerS * seconds,
    spans: traffic.spansPerS * seconds,
    bytes: (Math.ceil((traffic.bytesPerS * seconds) / traffic.collectors / BLOCK_BYTES) + 1) * BLOCK_BYTES * traffic.collectors,
  };
  const bounds: Bounds = {
    tracesMax: own.tracesMax * traffic.collectors,
    spansMax: own.spansMax * traffic.collectors,
    bytesMax: own.bytesMax * traffic.collectors,
  };
  const over = (["traces", "spans", "bytes"] as const).filter((what) => (amounts[what] ?? 0) > bounds[BOUND_OF[what]]);
  return { amounts, bounds, over };
}

export const BOUND_OF = { traces: "tracesMax", spans: "spansMax", bytes: "bytesMax" } as const;
