import { describe, expect, it } from "vitest";
import type { SamplingPolicy, Tier } from "#domain/sampling/samplingPolicy.ts";
import { matchingRates, tierCostMicroUsdPerHour } from "./matchingRates.ts";

const tier = (name: string, condition: Tier["condition"], ratio = 1): Tier => ({ name, condition, keep: { kind: "ratio", ratio } });
const errors = tier("errors", { kind: "status", is: "error" });
const slow = tier("slow", { kind: "latency", aboveMs: 500 });
const rest = tier("default", { kind: "always" }, 0.01);
const running: SamplingPolicy = { scope: "span", tiers: [errors, slow, rest] };
const rate = (name: string, matchedPerS: number) => ({ name, matchedPerS, keptPerS: 0, bytesMatchedPerS: matchedPerS * 400, bytesKeptPerS: 0 });
const rates = [rate("errors", 10), rate("slow", 30), rate("default", 960)];
const summary = (tiers: Tier[]) => matchingRates(tiers, running, rates).map((match) => (match.kind === "counted" ? match.matchedPerS : match.reason));

describe("what a draft's tier matches now", () => {
  it("is the running tier's count where nothing before it differs, whatever name and ratio it has", () => {
    expect(summary([{ ...errors, name: "failures" }, { ...slow, keep: { kind: "ratio", ratio: 0.5 } }, rest])).toEqual([10, 30, 960]);
  });

  it("is absent from the first tier on that runs nowhere", () => {
    const fresh = tier("health", { kind: "endpoint", match: "exact", values: ["/healthz"] });
    expect(summary([errors, fresh, slow, rest])).toEqual([10, "not running yet", "tiers before it changed", "tiers before it changed"]);
  });

  it("is absent for tiers that changed places, and counted again after them", () => {
    expect(summary([slow, errors, rest])).toEqual(["tiers before it changed", "tiers before it changed", 960]);
  });

  it("says that there are no counts instead of showing a zero", () => {
    expect(matchingRates([errors], null, rates)).toEqual([{ kind: "absent", reason: "no policy runs yet" }]);
    expect(matchingRates([errors], running, null)).toEqual([{ kind: "absent", reason: "no live counts" }]);
  });

  it("costs what its kept bytes cost, and nothing is said for a ratio that is wrong", () => {
    const [match] = matchingRates([errors], running, rates);
    const price = { microUsdPerGbKept: 500_000, microUsdPerCollectorHour: 1 };
    expect(tierCostMicroUsdPerHour(price, match, 0.5)).toBe(3600);
    expect(tierCostMicroUsdPerHour(price, match, 1.5)).toBeNull();
    expect(tierCostMicroUsdPerHour(price, match, "x")).toBeNull();
  });
});
