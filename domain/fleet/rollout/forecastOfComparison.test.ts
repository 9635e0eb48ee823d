import { describe, expect, it } from "vitest";
import { forecastOfComparison } from "./forecastOfComparison.ts";

const of = (expected: number, low: number, high: number) => forecastOfComparison({ keptShare: { expected, low, high } });

describe("the forecast of a kept share from a comparison", () => {
  it("is never narrower than a tenth to either side", () => {
    const { low, high, expected } = of(0.5, 0.499, 0.501);
    expect([low, expected, high].map((share) => share.toFixed(3))).toEqual(["0.450", "0.500", "0.550"]);
  });

  it("keeps the interval of a comparison that says little", () => expect(of(0.5, 0.2, 0.9)).toEqual({ expected: 0.5, low: 0.2, high: 0.9 }));

  it("stays a share, and never a point", () => {
    expect(of(1, 1, 1)).toEqual({ expected: 1, low: 0.9, high: 1 });
    expect(of(0, 0, 0)).toEqual({ expected: 0, low: 0, high: 0.005 });
  });
});
