import type { PreparedSeries } from "./prepareTimeChart.ts";

type Outline = Pick<PreparedSeries, "at" | "top" | "base">;
export type Scale = { x: (atMs: number) => number; y: (value: number) => number };

export function scaleOf(chart: { fromMs: number; toMs: number; axis: { max: number } }, width: number, height: number): Scale {
  const span = Math.max(1, chart.toMs - chart.fromMs);
  return { x: (atMs) => ((atMs - chart.fromMs) / span) * width, y: (value) => height - (value / chart.axis.max) * height };
}

/** SVG path of the line; each gap begins a new piece, and a value alone between gaps is drawn as a dot. */
export function linePath({ at, top }: Outline, { x, y }: Scale): string {
  let path = "";
  let pen = false;
  for (let index = 0; index < at.length; index++) {
    const value = top[index];
    if (value === null) {
      pen = false;
      continue;
    }
    const alone = !pen && (index + 1 === at.length || top[index + 1] === null);
    path += `${pen ? "L" : "M"}${round(x(at[index]))} ${round(y(value))}${alone ? "h.01" : ""}`;
    pen = true;
  }
  return path;
}

/** Closed SVG path between base and top, one piece for each stretch without gaps. */
export function areaPath({ at, top, base }: Outline, { x, y }: Scale): string {
  let path = "";
  for (let start = 0; start < at.length; ) {
    if (top[start] === null) {
      start += 1;
      continue;
    }
    let end = start;
    let back = "";
    while (end < at.length) {
      const value = top[end];
      if (value === null) break;
      path += `${end === start ? "M" : "L"}${round(x(at[end]))} ${round(y(value))}`;
      back = `L${round(x(at[end]))} ${round(y(base?.[end] ?? 0))}${back}`;
      end += 1;
    }
    path += `${back}Z`;
    start = end;
  }
  return path;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
