import type { GateResult } from "../rollout.ts";
import { keptShareOf, sumOf } from "../rolloutWindow.ts";
import { appliedWindows, type GateInput } from "./gateInput.ts";

export const KEPT_WINDOWS_MIN = 6;
/** Standard errors: of looks at each of a few hundred windows, as few alarms as one in a hundred rollouts. */
const REACH = 4;

/**
 * Whether the changed collectors keep the share that was forecast. The share is a ratio of sums; how far it may be from the truth comes from how it varies
 * from window to window (ratio estimator: Cochran, Sampling Techniques, 3rd ed., eq. 2.46). It fails when all of that lies outside of the forecast's interval.
 */
export function keptShareGate(input: GateInput): GateResult | null {
  const { forecast, settings } = input;
  if (!settings.keptShareWithinForecast || forecast === null) return null;
  const after = appliedWindows(input).filter(({ changed }) => changed.received > 0);
  const changed = keptShareOf(sumOf(after.map((window) => window.changed)));
  const control = keptShareOf(sumOf(after.map((window) => window.control)));
  const error = changed === null ? 0 : REACH * standardError(after, changed);
  const known = changed !== null && after.length >= KEPT_WINDOWS_MIN;
  return {
    gate: "keptShare",
    state: known ? stateOf(changed, error, forecast) : "noData",
    changed,
    control,
    limit: changed !== null && changed < forecast.expected ? forecast.low : forecast.high,
    against: null,
    note: known
      ? error === 0
        ? null
        : `give or take ${(100 * error).toFixed(2)} percentage points`
      : `${after.length} of the ${KEPT_WINDOWS_MIN} windows with traffic that it takes`,
  };
}

function stateOf(share: number, error: number, { low, high }: { low: number; high: number }): GateResult["state"] {
  if (share - error > high || share + error < low) return "fail";
  return share >= low && share <= high ? "pass" : "undecided";
}

function standardError(windows: readonly GateInput["since"][number][], share: number): number {
  const n = windows.length;
  if (n < 2) return 1;
  const mean = windows.reduce((sum, { changed }) => sum + changed.received, 0) / n;
  const squares = windows.reduce((sum, { changed }) => sum + (changed.kept - share * changed.received) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n) / mean;
}
