import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ERRORS_USED_MAX, forecastError, widenForecast } from "./forecastErrors.ts";

const FORECAST = { low: 0.24, high: 0.26, expected: 0.25 };

describe("what forecasts were off by", () => {
  it("is told as a share of what was expected", () => {
    expect(forecastError(0.25, 0.3)).toBeCloseTo(0.2);
    expect(forecastError(null, 0.3)).toBeNull();
    expect(forecastError(0, 0.3)).toBeNull();
  });

  it("widens the next interval to what nine in ten were off by, once there are three", () => {
    expect(widenForecast(FORECAST, [0.5, 0.5])).toEqual(FORECAST);
    const wider = widenForecast(FORECAST, [0.2, -0.1, 0.05]);
    expect(wider.low).toBeCloseTo(0.2);
    expect(wider.high).toBeCloseTo(0.3);
    expect(widenForecast(FORECAST, [...Array(ERRORS_USED_MAX).fill(0.001), 9, 9, 9])).toEqual(FORECAST);
  });

  it("never makes it narrower, nor more than everything", () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 20, noNaN: true }), { maxLength: 40 }), (errors) => {
        const { low, high } = widenForecast(FORECAST, errors);
        expect(low).toBeLessThanOrEqual(FORECAST.low);
        expect(high).toBeGreaterThanOrEqual(FORECAST.high);
        expect(low >= 0 && high <= 1).toBe(true);
      }),
    ));
});
