import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export type Figure = {
  label: ReactNode;
  value: ReactNode;
  unit?: ReactNode;
  /** The comparison below: a share, a baseline, a condition. */
  below?: ReactNode;
  tone?: "warn" | "bad";
};

/** One strip of a few figures; the unit is small, the comparison stands below. `dimmed` marks stale data. */
export function FigureStrip({ figures, dimmed = false, label }: { figures: readonly Figure[]; dimmed?: boolean; label: string }) {
  return (
    <dl
      data-slot="figures"
      aria-label={label}
      className={cx("mb-4 grid grid-cols-2 overflow-hidden rounded-panel border border-line bg-raised lg:grid-cols-5", dimmed && "[&_dd]:text-ink-3")}
    >
      {figures.map((figure, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the strip is a fixed list
        <div key={index} className="-mt-px -ml-px min-w-0 border-t border-l border-line px-3.5 py-2.5">
          <dt className="text-s text-ink-2">{figure.label}</dt>
          <dd
            className={cx(
              "num truncate text-figure font-semibold tracking-[-0.025em]",
              figure.tone === "warn" && "text-warn",
              figure.tone === "bad" && "text-bad",
            )}
          >
            {figure.value}
            {figure.unit !== undefined && <span className="ml-1 text-base font-[450] tracking-normal text-ink-2">{figure.unit}</span>}
          </dd>
          <dd className="min-h-[17px] truncate text-s text-ink-3">{figure.below}</dd>
        </div>
      ))}
    </dl>
  );
}
