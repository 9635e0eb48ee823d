import type { KeptShareForecast } from "./rolloutView.ts";

export const ERRORS_USED_MAX = 20;
const ERRORS_MIN = 3;
/** Of the errors so far, the share that the widened interval would have held. */
const COVERED = 0.9;

/** How far what came was from the forecast, as a share of it: 0.1 is a tenth more than was expected. Null where one of both is not known. */
export function forecastError(expected: number | null, came: number | null): number | null {
  return expected === null || came === null || expected <= 0 ? null : came / expected - 1;
}

/**
 * A forecast whose interval holds what nine in ten of the last 20 forecasts were off by (the empirical quantile of the absolute relative errors, with the
 * correction for few of them as in split conformal prediction; Lei et al., JASA 113, 2018, eq. 2). It never becomes narrower. Newest errors first.
 */
export function widenForecast(forecast: KeptShareForecast, errors: readonly number[]): KeptShareForecast {
  const sizes = errors
    .slice(0, ERRORS_USED_MAX)
    .map(Math.abs)
    .sort((a, b) => a - b);
  if (sizes.length < ERRORS_MIN) return forecast;
  const rank = Math.min(sizes.length, Math.ceil((sizes.length + 1) * COVERED));
  const reach = forecast.expected * sizes[rank - 1];
  return {
    expected: forecast.expected,
    low: Math.max(0, Math.min(forecast.low, forecast.expected - reach)),
    high: Math.min(1, Math.max(forecast.high, forecast.expected + reach)),
  };
}
