import { describe, expect, it } from "vitest";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { livePoint } from "#domain/telemetry/livePointTestData.ts";
import { prepareChartTable } from "../charts/prepareChartTable.ts";
import { prepareTimeChart } from "../charts/prepareTimeChart.ts";
import { STAGES_PANEL } from "./panels.ts";
import { DECISION_WAIT_PANEL, DECISIONS_PANEL, HELD_PANEL, WAITING_PANEL } from "./tracePanels.ts";
import { showsTraceScope, TRACE_PANEL_IDS } from "./traceScope.ts";

const BOUNDS = { waitingSpansMax: 500_000, waitingTracesMax: 100_000, heldBytesMax: 268_435_456 };
const tracing = (over: Partial<LivePoint> = {}) =>
  livePoint({ ...BOUNDS, waitingSpans: 8_210, waitingTraces: 1_234, heldBytes: 4_000_000, tracesDecidedPerS: 40, ...over });
const viewOf = (...points: (LivePoint | null)[]) => ({ fromMs: 0, points, loaded: true });
const fact = (panel: typeof WAITING_PANEL, point: LivePoint) => panel.fact?.(point, viewOf(point));
const newest = (panel: typeof WAITING_PANEL, point: LivePoint) =>
  Object.fromEntries(prepareTimeChart(viewOf(point, point), panel).series.map(({ spec, top }) => [spec.key, top.at(-1)]));

describe("the panels about whole traces", () => {
  it("have their place while some second of the window knows of any", () => {
    expect(showsTraceScope(viewOf(null, livePoint()))).toBe(false);
    expect(showsTraceScope(viewOf(tracing(), livePoint(), null))).toBe(true);
    expect(showsTraceScope(viewOf(livePoint({ waitingSpans: 3 })))).toBe(true);
  });

  it("are reached by their names", () =>
    expect([WAITING_PANEL, HELD_PANEL, DECISIONS_PANEL, DECISION_WAIT_PANEL].map(({ id }) => id)).toEqual(TRACE_PANEL_IDS));

  it("show gaps, not zeros, where spans are decided one by one", () => {
    for (const panel of [WAITING_PANEL, HELD_PANEL, DECISIONS_PANEL]) {
      expect(prepareTimeChart(viewOf(livePoint(), livePoint()), panel).empty).toBe(true);
      expect(fact(panel, livePoint())).toBe("no collector decides whole traces");
    }
  });

  it("set what waits against its bounds, and tell the one that is nearer", () => {
    expect(newest(WAITING_PANEL, tracing())).toEqual({ spans: 8_210, traces: 1_234, spansMax: 500_000, tracesMax: 100_000 });
    expect(fact(WAITING_PANEL, tracing())).toBe("8.21k of 500k spans · 1.23k traces");
    expect(fact(WAITING_PANEL, tracing({ waitingTraces: 90_000 }))).toBe("90k of 100k traces · 8.21k spans");
    expect(fact(HELD_PANEL, tracing())).toBe("4 MB of 268 MB");
  });

  it("tell early decisions apart", () => {
    const point = tracing({ tracesDecidedEarlyPerS: 10, lateKeptPerS: 2, lateSampledOutPerS: 3 });
    // Stacked: the early ones lie on those in time.
    expect(newest(DECISIONS_PANEL, point)).toEqual({ inTime: 30, early: 40, lateKept: 2, lateOut: 3 });
    expect(fact(DECISIONS_PANEL, point)).toBe("40 traces/s · 25% early");
    expect(prepareChartTable(viewOf(point), DECISIONS_PANEL).rows[0].cells).toEqual(["30", "10", "2", "3"]);
  });

  it("keep the seconds of the decision wait out of the stack of milliseconds", () => {
    expect(STAGES_PANEL.series.map(({ key }) => key)).toEqual(["network", "queueWait", "processing", "serialization", "export"]);
    const point = tracing({ stageMeanMs: { ...tracing().stageMeanMs, decisionWait: 9_800 } });
    expect(newest(DECISION_WAIT_PANEL, point)).toEqual({ wait: 9_800 });
    expect(fact(DECISION_WAIT_PANEL, point)).toBe("9.8 s a trace · means of 5 s");
  });
});
