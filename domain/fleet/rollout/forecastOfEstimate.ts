import type { PolicyChangeEstimate } from "../../sampling/estimateChange.ts";
import type { KeptShareForecast } from "./rolloutView.ts";

/** Live counts are of a moment, and a rollout takes longer: what its traffic may differ by, in relation and at least. */
export const FORECAST_MARGIN = 0.2;
const MARGIN_MIN = 0.005;

/** The share that is expected to be kept, from what live counts say a policy would do; null where they don't say it. */
export function forecastOfEstimate(estimate: PolicyChangeEstimate | null): KeptShareForecast | null {
  if (estimate === null || estimate.after === null) return null;
  const matched = estimate.tiers.reduce((sum, { matchedPerS }) => sum + (matchedPerS ?? 0), 0);
  // A budget keeps the less the more comes in, so a share says little of it.
  if (matched <= 0 || estimate.tiers.some(({ keepAfter, matchedPerS }) => keepAfter.kind === "budget" || matchedPerS === null)) return null;
  const expected = Math.min(1, estimate.after.keptPerS / matched);
  const margin = Math.max(MARGIN_MIN, expected * FORECAST_MARGIN);
  return { low: Math.max(0, expected - margin), high: Math.min(1, expected + margin), expected };
}
