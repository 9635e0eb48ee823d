"use client";

import { useSyncExternalStore } from "react";
import { formatClock } from "../format/formatDuration.ts";
import { StatusShape } from "../ui/StatusChip.tsx";
import { formatOf } from "./axisTicks.ts";
import { type Marker, type MarkerTone, useBoard } from "./liveBoard.tsx";
import { markersNear } from "./markersNear.ts";
import type { PreparedChart } from "./prepareTimeChart.ts";
import { valuesAt } from "./valuesAt.ts";

type ChartCursorProps = { id: string; chart: PreparedChart; markers: readonly Marker[]; left: number; top: number; width: number; height: number };

const MARKER_CLASSES: Record<MarkerTone, string> = { bad: "text-bad", warn: "text-warn", done: "text-ok", neutral: "text-ink-3" };

/** What is marked this near to the moment is told with it. */
const NEAR_PX = 8;

/** The moment pointed at in any chart of the page: a line in all of them, the figures where the pointer is. */
export function ChartCursor({ id, chart, markers, left, top, width, height }: ChartCursorProps) {
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
  const near = here ? markersNear(markers, at.atMs, ((chart.toMs - chart.fromMs) / width) * NEAR_PX) : null;
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
          {near?.shown.map(({ atMs, label, tone, detail }) => (
            <div key={`${atMs} ${label} ${detail}`} className="mt-1 flex max-w-[260px] items-baseline gap-1.5 border-t border-line pt-1 leading-[16px]">
              {tone && (
                <span className={MARKER_CLASSES[tone]}>
                  <StatusShape tone={tone} />
                </span>
              )}
              <span>
                <span className="num text-ink-3">{formatClock(atMs, true)}</span> {detail ?? label}
              </span>
            </div>
          ))}
          {near !== null && near.more > 0 && <div className="mt-1 text-ink-3">and {near.more} more</div>}
        </div>
      )}
    </>
  );
}
