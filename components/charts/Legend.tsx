import type { SeriesSpec } from "./prepareTimeChart.ts";

export function Legend({ series }: { series: readonly SeriesSpec[] }) {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-s text-ink-2">
      {series.map((one) => (
        <li key={one.key} className="flex items-center gap-1.5 whitespace-nowrap">
          {one.draw === "limit" ? (
            <span aria-hidden="true" className="w-[10px] border-t border-dashed" style={{ borderColor: one.color }} />
          ) : (
            <span aria-hidden="true" className="size-[8px] rounded-[2px]" style={{ background: one.color, opacity: one.draw === "band" ? 0.4 : one.opacity }} />
          )}
          {one.label}
        </li>
      ))}
    </ul>
  );
}
