import { describe, expect, it } from "vitest";
import { LIVE_PRICE_DEFAULT } from "../cost/livePrice.ts";
import type { Condition } from "./condition.ts";
import { estimateChange } from "./estimateChange.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

const error: Condition = { kind: "status", is: "error" };
const slow: Condition = { kind: "latency", aboveMs: 500 };
const payment: Condition = { kind: "endpoint", match: "contains", values: ["/api/payment"] };
const tier = (name: string, condition: Condition, ratio: number) => ({ name, condition, keep: { kind: "ratio" as const, ratio } });
const rest = (ratio: number) => tier("default", { kind: "always" }, ratio);
const policy = (...tiers: ReturnType<typeof tier>[]): SamplingPolicy => ({ scope: "span", tiers });

const running = policy(tier("errors", error, 1), tier("payments", payment, 0.5), rest(0.01));
const live = [
  { name: "errors", matchedPerS: 10, keptPerS: 10, bytesMatchedPerS: 5000, bytesKeptPerS: 5000 },
  { name: "payments", matchedPerS: 100, keptPerS: 49, bytesMatchedPerS: 40_000, bytesKeptPerS: 19_600 },
  { name: "default", matchedPerS: 1000, keptPerS: 11, bytesMatchedPerS: 400_000, bytesKeptPerS: 4400 },
];

describe("estimate of a change", () => {
  it("is exact when only ratios change, and leaves other tiers at their live figures", () => {
    const estimate = estimateChange({
      running,
      live,
      candidate: policy(tier("errors", error, 1), tier("payments", payment, 0.25), rest(0.01)),
      price: { price: LIVE_PRICE_DEFAULT, collectors: 1 },
    });
    expect(estimate.tiers.map((one) => [one.name, one.exact, one.keptBeforePerS, one.keptAfterPerS])).toEqual([
      ["errors", true, 10, 10],
      ["payments", true, 49, 25],
      ["default", true, 11, 11],
    ]);
    expect(estimate.before).toEqual({ keptPerS: 70, bytesKeptPerS: 29_000, costMicroUsdPerHour: 215_400 });
    expect(estimate.after).toEqual({ keptPerS: 46, bytesKeptPerS: 19_400, costMicroUsdPerHour: 198_120 });
  });

  it("follows a tier that was only renamed", () => {
    const estimate = estimateChange({ running, live, candidate: policy(tier("failures", error, 0.5), tier("payments", payment, 0.5), rest(0.01)) });
    expect(estimate.tiers[0]).toMatchObject({ name: "failures", runningName: "errors", exact: true, keptAfterPerS: 5 });
    expect(estimate.after?.costMicroUsdPerHour).toBeNull();
  });

  it("claims nothing for a new condition and for the tiers after it", () => {
    const estimate = estimateChange({
      running,
      live,
      candidate: policy(tier("errors", error, 1), tier("slow", slow, 1), tier("payments", payment, 0.5), rest(0.01)),
    });
    expect(estimate.tiers.map((one) => [one.exact, one.matchedPerS, one.keptAfterPerS])).toEqual([
      [true, 10, 10],
      [false, null, null],
      [false, null, null],
      [false, null, null],
    ]);
    expect(estimate.tiers[1].reason).toBe("its condition does not run yet, so how many spans it matches is not known");
    expect(estimate.tiers[2].reason).toBe("tiers before it changed what they match, so how many spans reach it is not known yet");
    expect(estimate.after).toBeNull();
    expect(estimate.reason).toMatch(/^slow: /);
  });

  it("is exact for what stands behind two tiers that changed places, and not for those", () => {
    const estimate = estimateChange({ running, live, candidate: policy(tier("payments", payment, 0.5), tier("errors", error, 1), rest(0.5)) });
    expect(estimate.tiers.map((one) => one.exact)).toEqual([false, false, true]);
    expect(estimate.tiers[2].keptAfterPerS).toBe(500);
  });

  it("gives the default tier exactly what is left when the tiers before it are known", () => {
    const everything = estimateChange({ running, live, candidate: policy(rest(1)) });
    expect(everything.tiers[0]).toMatchObject({ exact: true, matchedPerS: 1110, keptBeforePerS: 70, keptAfterPerS: 1110, runningName: null });
    expect(everything.after).toMatchObject({ keptPerS: 1110, bytesKeptPerS: 445_000 });
    const without = estimateChange({ running, live, candidate: policy(tier("errors", error, 1), rest(0.1)) });
    expect(without.tiers.map((one) => [one.exact, one.matchedPerS, one.keptAfterPerS])).toEqual([
      [true, 10, 10],
      [true, 1100, 110],
    ]);
    expect(estimateChange({ running, live: live.slice(0, 2), candidate: policy(rest(1)) }).after).toBeNull();
  });

  it("claims nothing without live counts", () => {
    const estimate = estimateChange({ running, live: [], candidate: running });
    expect(estimate.after).toBeNull();
    expect(estimate.tiers[0].reason).toBe("there are no live counts for errors yet");
  });
});
