import { describe, expect, it } from "vitest";
import { estimateChange } from "../../sampling/estimateChange.ts";
import type { SamplingPolicy } from "../../sampling/samplingPolicy.ts";
import { forecastOfEstimate } from "./forecastOfEstimate.ts";

const policy = (keep: SamplingPolicy["tiers"][number]["keep"]): SamplingPolicy => ({
  scope: "span",
  tiers: [{ name: "default", condition: { kind: "always" }, keep }],
});
const live = [{ name: "default", matchedPerS: 1_000, keptPerS: 1_000, bytesMatchedPerS: 4e5, bytesKeptPerS: 4e5, ratio: { min: 1, max: 1 } }];
const running = policy({ kind: "ratio", ratio: 1 });
const forecast = (keep: SamplingPolicy["tiers"][number]["keep"]) => forecastOfEstimate(estimateChange({ running, live, candidate: policy(keep) }));

describe("the forecast of a kept share from live counts", () => {
  it("is what the ratio keeps, with a fifth of it on either side", () => {
    const { low, high, expected } = forecast({ kind: "ratio", ratio: 0.5 }) ?? { low: 0, high: 0, expected: 0 };
    expect([low, expected, high].map((share) => share.toFixed(3))).toEqual(["0.400", "0.500", "0.600"]);
  });

  it("stays a share, and never a point", () => {
    expect(forecast({ kind: "ratio", ratio: 1 })).toEqual({ low: 0.8, high: 1, expected: 1 });
    expect(forecast({ kind: "ratio", ratio: 0 })).toEqual({ low: 0, high: 0.005, expected: 0 });
  });

  it("is none for a budget, nor where nothing is counted", () => {
    expect(forecast({ kind: "budget", spansPerSecond: 10 })).toBeNull();
    expect(forecastOfEstimate(null)).toBeNull();
    expect(forecastOfEstimate(estimateChange({ running, live: [], candidate: running }))).toBeNull();
  });
});
