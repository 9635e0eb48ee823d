import { usualOf } from "./compareToControl.ts";
import { compared } from "./gates/p99Gate.ts";
import type { Gate } from "./rollout.ts";
import type { RolloutChartPoint } from "./rolloutView.ts";
import { keptShareOf, meanRssOf, p99Of, type RolloutWindow, refusedShareOf, type SideFigures } from "./rolloutWindow.ts";

/** Of normal values about 95% lie within so many standard deviations. */
const BAND_REACH = 1.96;

/** What the chart of a gate draws of one window; of memory it is what is resident, of which the gate looks at the slope. */
const VALUE: Record<Gate, (side: SideFigures) => number | null> = {
  p99: p99Of,
  queue: ({ queueShare }) => queueShare,
  memory: meanRssOf,
  dropped: ({ reporting, dropped }) => (reporting === 0 ? null : dropped),
  refused: refusedShareOf,
  keptShare: keptShareOf,
};

/** Of one stage; the band is where a window of the changed ones would be without the change, for the one gate that compares by windows. */
export function chartPoints(gate: Gate, windows: readonly RolloutWindow[], before: readonly RolloutWindow[], isLast: boolean): RolloutChartPoint[] {
  const usual = gate === "p99" ? usualOf(before.map((window) => compared(window, isLast))) : null;
  return windows.map((window) => {
    const control = VALUE[gate](window.control);
    const base = isLast ? 1 : control;
    const at = (reach: number) => (usual === null || base === null ? null : base * Math.exp(usual.level + reach * BAND_REACH * usual.spread));
    return { atMs: window.atMs, changed: VALUE[gate](window.changed), control, low: at(-1), high: at(1) };
  });
}
