import { formatClock } from "#components/format/formatDuration.ts";
import { ScrollRegion } from "#components/ui/ScrollRegion.tsx";
import type { RolloutChart } from "#domain/fleet/rollout/rolloutView.ts";
import { comparedAt } from "./prepareCompareChart.ts";

const ROWS_MAX = 200;

/** The chart's figures to read, newest first. */
export function CompareTable({ chart, label, height = 214 }: { chart: RolloutChart; label: string; height?: number }) {
  const rows = chart.points.slice(-ROWS_MAX).reverse();
  return (
    <ScrollRegion label={`${label}, table`} className="overflow-auto" style={{ height }}>
      <table className="num w-full border-collapse text-s">
        <caption className="sr-only">
          {label}: windows of {chart.windowSeconds} s, newest first{chart.points.length > ROWS_MAX && `, the last ${ROWS_MAX}`}
        </caption>
        <thead className="sticky top-0 bg-raised">
          <tr className="border-b border-line text-ink-3">
            {["Time", "Changed", "Control", "Without the change"].map((head, index) => (
              <th key={head} scope="col" className={`h-[24px] px-2 font-medium whitespace-nowrap ${index === 0 ? "text-left" : "text-right"}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((point) => {
            const { changed, control, band } = comparedAt(chart.gate, point);
            return (
              <tr key={point.atMs} className="border-b border-line last:border-b-0">
                <th scope="row" className="h-[24px] px-2 text-left font-normal text-ink-2">
                  {formatClock(point.atMs, true)}
                </th>
                <td className="px-2 text-right">{changed}</td>
                <td className="px-2 text-right">{control}</td>
                <td className="px-2 text-right whitespace-nowrap">{band ?? "—"}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
