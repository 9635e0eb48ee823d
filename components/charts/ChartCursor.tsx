"use client";

import { useSyncExternalStore } from "react";
import { formatClock } from "../format/formatDuration.ts";
import { formatOf } from "./axisTicks.ts";
import { useBoard } from "./liveBoard.tsx";
import type { PreparedChart } from "./prepareTimeChart.ts";
import { valuesAt } from "./valuesAt.ts";

type ChartCursorProps = { id: string; chart: PreparedChart; left: number; top: number; width: number; height: number };

/** The moment pointed at in any chart of the page: a line in all of them, the figures where the pointer is. */
export function ChartCursor({ id, chart, left, top, width, height }: ChartCursorProps) {
  const { cursor, series, paused } = useBoard();
  const at = useSyncExternalStore(cursor.subscribe, cursor.get, () => null);
  if (at === null || at.atMs < chart.fromMs || at.atMs > chart.toMs || width <= 0) return null;
  const x = left + ((at.atMs - chart.fromMs) / (chart.toMs - chart.fromMs)) * width;
  const here = at.panel === id;
  const figures = here
    ? valuesAt(
        paused ?? series.view(),
        at.atMs,
        chart.series.map((one) => one.spec),
      )
    : [];
  return (
    <>
      <div aria-hidden="true" className="pointer-events-none absolute w-px bg-ink-3" style={{ left: x, top: top - 6, height: height + 6 }} />
      {here && (
        <div
          role="status"
          className="pointer-events-none absolute z-10 min-w-[128px] rounded-control border border-line bg-raised px-2 py-1.5 text-s shadow-float"
          style={{ top: 4, ...(x < left + width / 2 ? { left: x + 10 } : { right: `calc(100% - ${x - 10}px)` }) }}
        >
          <div className="num mb-0.5 text-ink-3">{formatClock(at.atMs, true)}</div>
          {figures.map(({ spec, value }) => (
            <div key={spec.key} className="flex items-center gap-2 leading-[18px] whitespace-nowrap">
              <span aria-hidden="true" className="size-[7px] shrink-0 rounded-[2px]" style={{ background: spec.color }} />
              <span className="text-ink-2">{spec.label}</span>
              <span className="num ml-auto pl-3 font-[550]">{value === null ? "gap" : formatOf(chart.unit)(value)}</span>
            </div>
          ))}
        </div>
      )}
    </>
  );
}
