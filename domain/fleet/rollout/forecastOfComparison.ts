import type { Forecast } from "../../sampling/compare/forecast.ts";
import type { KeptShareForecast } from "./rolloutView.ts";

/** A comparison knows chance alone; this is for what the traffic itself does until the rollout is over, in relation and at least. */
export const COMPARISON_MARGIN = 0.1;
const MARGIN_MIN = 0.005;

/** The share that is expected to be kept, from what was counted on live traffic: the interval of the comparison, and never narrower than the margin. */
export function forecastOfComparison({ keptShare: { expected, low, high } }: Pick<Forecast, "keptShare">): KeptShareForecast {
  const margin = Math.max(MARGIN_MIN, expected * COMPARISON_MARGIN);
  return { expected, low: Math.max(0, Math.min(low, expected - margin)), high: Math.min(1, Math.max(high, expected + margin)) };
}
