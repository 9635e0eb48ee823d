"use client";

import type { SeriesView } from "../data/seriesStore.ts";
import { formatClock } from "../format/formatDuration.ts";
import { ScrollRegion } from "../ui/ScrollRegion.tsx";
import type { Marker } from "./liveBoard.tsx";
import { prepareChartTable } from "./prepareChartTable.ts";
import type { ChartSpec } from "./prepareTimeChart.ts";

type ChartTableProps = { view: SeriesView; spec: ChartSpec; label: string; markers: readonly Marker[]; height: number };

/** The same figures to read instead of to look at; scrolls within the chart's own height. */
export function ChartTable({ view, spec, label, markers, height }: ChartTableProps) {
  const { rows, hasMarks } = prepareChartTable(view, spec, markers);
  return (
    <ScrollRegion label={`${label}, table`} className="overflow-auto" style={{ height }}>
      <table className="num w-full border-collapse text-s">
        <caption className="sr-only">{label}: means of 15 seconds, newest first</caption>
        <thead className="sticky top-0 bg-raised">
          <tr className="border-b border-line text-ink-3">
            <th scope="col" className="h-[24px] pr-2 text-left font-medium">
              Time
            </th>
            {spec.series.map((series) => (
              <th key={series.key} scope="col" className="px-2 text-right font-medium whitespace-nowrap">
                {series.label}
              </th>
            ))}
            {hasMarks && (
              <th scope="col" className="px-2 text-left font-medium">
                Marked
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.atMs} className="border-b border-line last:border-b-0">
              <th scope="row" className="h-[24px] pr-2 text-left font-normal text-ink-2">
                {formatClock(row.atMs, true)}
              </th>
              {row.cells.map((cell, index) => (
                <td key={spec.series[index].key} className="px-2 text-right whitespace-nowrap">
                  {cell}
                </td>
              ))}
              {hasMarks && <td className="max-w-[260px] min-w-[140px] px-2 text-left">{row.marks}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
