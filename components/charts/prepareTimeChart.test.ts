import { describe, expect, it } from "vitest";
import { livePoint } from "#domain/telemetry/livePointTestData.ts";
import type { SeriesView } from "../data/seriesStore.ts";
import { areaPath, linePath, scaleOf } from "./chartPath.ts";
import { prepareChartTable } from "./prepareChartTable.ts";
import { type ChartSpec, prepareTimeChart } from "./prepareTimeChart.ts";
import { valuesAt } from "./valuesAt.ts";

const spec: ChartSpec = {
  unit: "spans/s",
  series: [
    { key: "kept", label: "kept", color: "a", draw: "stack", value: (point) => point.keptPerS },
    { key: "out", label: "sampled out", color: "b", draw: "stack", value: (point) => point.sampledOutPerS },
  ],
};
const line: ChartSpec = { unit: "ms", series: [{ key: "p99", label: "P99", color: "a", draw: "line", value: (point) => point.ackP99Ms }] };

function viewOf(points: SeriesView["points"]): SeriesView {
  return { fromMs: 60_000, points, loaded: true };
}

describe("prepareTimeChart", () => {
  it("lays the parts of a stack on each other at the same moments", () => {
    const chart = prepareTimeChart(viewOf([livePoint({ keptPerS: 10, sampledOutPerS: 90 }), livePoint({ keptPerS: 20, sampledOutPerS: 80 })]), spec);
    expect(chart.series[0].top).toEqual([10, 20]);
    expect(chart.series[1].base).toEqual([10, 20]);
    expect(chart.series[1].top).toEqual([100, 100]);
    expect(chart.series[1].at).toEqual([60_000, 61_000]);
    expect(chart.axis.max).toBe(100);
  });

  it("leaves a gap where nothing is known, never a zero", () => {
    const chart = prepareTimeChart(viewOf([livePoint(), null, livePoint({ ackP99Ms: null }), livePoint()]), line);
    expect(chart.series[0].top).toEqual([20, null, null, 20]);
  });

  it("says that it is empty when no value is known, and still has an axis", () => {
    const chart = prepareTimeChart(viewOf([null, null]), line);
    expect(chart.empty).toBe(true);
    expect(chart.axis.ticks.length).toBeGreaterThan(1);
  });

  it("draws at most 300 points of 15 minutes and keeps the one spike", () => {
    const points = Array.from({ length: 900 }, (_, index) => livePoint({ ackP99Ms: index === 613 ? 900 : 20 + (index % 5) }));
    const [series] = prepareTimeChart(viewOf(points), line).series;
    expect(series.at.length).toBeLessThanOrEqual(300);
    expect(series.top).toContain(900);
  });

  it("smooths what isn't recorded every second over what was known, and keeps gaps", () => {
    const points = [
      livePoint({ ackP99Ms: 10 }),
      livePoint({ ackP99Ms: null }),
      livePoint({ ackP99Ms: 30 }),
      null,
      livePoint({ ackP99Ms: null }),
      livePoint({ ackP99Ms: null }),
      livePoint({ ackP99Ms: null }),
    ];
    expect(prepareTimeChart(viewOf(points), { ...line, meanOfSeconds: 3 }).series[0].top).toEqual([10, 10, 20, null, 30, null, null]);
  });

  it("tints the whole height while a band holds, without a part in the axis", () => {
    const band: ChartSpec = {
      unit: "per s",
      series: [...line.series, { key: "open", label: "open", color: "b", draw: "band", value: (point) => point.breakersOpen * 1_000 }],
    };
    const chart = prepareTimeChart(viewOf([livePoint({ breakersOpen: 1 }), livePoint(), null]), band);
    expect(chart.axis.max).toBeLessThan(100);
    expect(chart.series[1].top).toEqual([chart.axis.max, null, null]);
    expect(prepareChartTable(viewOf([livePoint({ breakersOpen: 1 })]), band).rows[0].cells[1]).toBe("1k");
  });

  it("draws a limit that is far away only once what it limits comes near", () => {
    const limited: ChartSpec = {
      unit: "bytes",
      series: [
        { key: "log", label: "log", color: "a", draw: "area", value: (point) => point.walBytes },
        { key: "bound", label: "bound", color: "b", draw: "limit", drawFromShare: 0.1, value: (point) => point.walBytesMax },
      ],
    };
    const chartOf = (walBytes: number) => prepareTimeChart(viewOf([livePoint({ walBytes, walBytesMax: 1e9 })]), limited);
    expect(chartOf(9e7).series[1].top).toEqual([null]);
    expect(chartOf(9e7).axis.max).toBeLessThan(2e8);
    expect(chartOf(1e8).series[1].top).toEqual([1e9]);
    // Drawn or not, the table has it.
    expect(prepareChartTable(viewOf([livePoint({ walBytes: 1, walBytesMax: 1e9 })]), limited).rows[0].cells[1]).toBe("1 GB");
  });

  it("takes a value that is not finite as unknown", () => {
    const chart = prepareTimeChart(viewOf([livePoint({ ackP99Ms: Number.POSITIVE_INFINITY }), livePoint()]), line);
    expect(chart.series[0].top).toEqual([null, 20]);
  });
});

describe("paths", () => {
  const chart = { fromMs: 0, toMs: 3000, axis: { max: 10 } };
  const scale = scaleOf(chart, 300, 100);

  it("begins anew after a gap, and draws a lone value as a dot", () => {
    expect(linePath({ at: [0, 1000, 2000, 3000], top: [0, 10, null, 5], base: null }, scale)).toBe("M0 100L100 0M300 50h.01");
  });

  it("closes each stretch of an area", () => {
    expect(areaPath({ at: [0, 1000, 2000, 3000], top: [10, 10, null, 5], base: [0, 5, 0, 0] }, scale)).toBe("M0 0L100 0L100 50L0 100ZM300 50L300 100Z");
  });
});

describe("prepareChartTable", () => {
  it("gives the mean of every 15 seconds, newest first, with a dash where nothing is known", () => {
    const points = Array.from({ length: 30 }, (_, index) => (index < 15 ? livePoint({ ackP99Ms: 10 + index }) : null));
    expect(prepareChartTable(viewOf(points), line).rows).toEqual([
      { atMs: 75_000, cells: ["—"], marks: "" },
      { atMs: 60_000, cells: ["17 ms"], marks: "" },
    ]);
  });

  it("says what is marked in each 15 seconds, each word once and a few of them", () => {
    const points = Array.from({ length: 30 }, () => livePoint());
    const marks = ["b", "a", "a", "c", "d", "e"].map((detail, index) => ({ atMs: 61_000 + index, label: "x", detail }));
    const { rows, hasMarks } = prepareChartTable(viewOf(points), line, [...marks, { atMs: 75_000, label: "revision 2" }]);
    expect(rows.map((row) => row.marks)).toEqual(["revision 2", "b; a; c; and 2 more"]);
    expect(hasMarks).toBe(true);
  });
});

describe("valuesAt", () => {
  it("reads the measured second, not the drawn one, and null outside", () => {
    const view = viewOf([livePoint({ ackP99Ms: 7 }), null]);
    expect(valuesAt(view, 60_000, line.series)[0].value).toBe(7);
    expect(valuesAt(view, 61_000, line.series)[0].value).toBeNull();
    expect(valuesAt(view, 99_000, line.series)[0].value).toBeNull();
  });
});
