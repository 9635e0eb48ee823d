import { describe, expect, it } from "vitest";
import { LIVE_PRICE_DEFAULT } from "../cost/livePrice.ts";
import type { Condition } from "./condition.ts";
import { estimateChange } from "./estimateChange.ts";
import { type SamplingPolicy, samplingPolicySchema, type Tier } from "./samplingPolicy.ts";
import type { TraceSettings } from "./traceSettings.ts";

const error: Condition = { kind: "status", is: "error" };
const slow: Condition = { kind: "latency", aboveMs: 500 };
const payment: Condition = { kind: "endpoint", match: "contains", values: ["/api/payment"] };
const tier = (name: string, condition: Condition, ratio: number) => ({ name, condition, keep: { kind: "ratio" as const, ratio } });
const rest = (ratio: number) => tier("default", { kind: "always" }, ratio);
const policy = (...tiers: Tier[]): SamplingPolicy => ({ scope: "span", tiers });
const budget = (name: string, condition: Condition, spansPerSecond: number): Tier => ({ name, condition, keep: { kind: "budget", spansPerSecond } });
const ofTraces = ({ tiers }: SamplingPolicy, settings: Partial<TraceSettings> = {}): SamplingPolicy => ({
  ...samplingPolicySchema.parse({ scope: "trace", ...settings }),
  tiers,
});

const running = policy(tier("errors", error, 1), tier("payments", payment, 0.5), rest(0.01));
const live = [
  { name: "errors", matchedPerS: 10, keptPerS: 10, bytesMatchedPerS: 5000, bytesKeptPerS: 5000, ratio: { min: 1, max: 1 } },
  { name: "payments", matchedPerS: 100, keptPerS: 49, bytesMatchedPerS: 40_000, bytesKeptPerS: 19_600, ratio: { min: 0.5, max: 0.5 } },
  { name: "default", matchedPerS: 1000, keptPerS: 11, bytesMatchedPerS: 400_000, bytesKeptPerS: 4400, ratio: { min: 0.01, max: 0.01 } },
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

  it("claims nothing when the scope changes, because equal conditions then match other spans", () => {
    const estimate = estimateChange({ running, live, candidate: ofTraces(running) });
    expect(estimate.tiers.every((one) => !one.exact && one.runningName === null)).toBe(true);
    expect(estimate.reason).toBe(
      "errors: it decides whole traces where single spans are decided now, so how many spans it matches is not known before it runs",
    );
    expect(estimateChange({ running: ofTraces(running), live, candidate: running }).reason).toMatch(/^errors: it decides single spans where whole traces/);
  });

  it("is exact for whole traces as for single spans, as long as they wait alike", () => {
    const candidate = policy(tier("errors", error, 1), tier("payments", payment, 0.25), rest(0.01));
    const spans = estimateChange({ running, live, candidate });
    expect(estimateChange({ running: ofTraces(running), live, candidate: ofTraces(candidate, { tracesMax: 5000 }) })).toEqual(spans);
    expect(estimateChange({ running: ofTraces(running), live, candidate: ofTraces(candidate, { decisionWaitMs: 5000 }) })).toMatchObject({
      after: null,
      reason: "errors: traces wait for another time than now, so which spans they have when they are decided is not known before it runs",
    });
  });

  it("takes from a budget tier what all collectors together may keep, and says that it may be less", () => {
    const candidate = policy(tier("errors", error, 1), tier("payments", payment, 0.5), budget("default", { kind: "always" }, 20));
    const estimate = estimateChange({ running, live, candidate, collectors: 3 });
    expect(estimate.tiers[2]).toMatchObject({ exact: true, atMost: true, ratioBefore: 0.01, ratioAfter: 0.06, keptAfterPerS: 60, bytesKeptAfterPerS: 24_000 });
    expect(estimate.tiers[2].keepAfter).toEqual({ kind: "budget", spansPerSecond: 20 });
    expect(estimate.after?.keptPerS).toBe(10 + 49 + 60);
  });

  it("knows exactly what one collector's budget, or one that nothing exceeds, keeps", () => {
    const errors = (spansPerSecond: number) => policy(budget("errors", error, spansPerSecond), tier("payments", payment, 0.5), rest(0.01));
    expect(estimateChange({ running, live, candidate: errors(4), collectors: 1 }).tiers[0]).toMatchObject({ keptAfterPerS: 4, ratioAfter: 0.4, atMost: false });
    expect(estimateChange({ running, live, candidate: errors(10), collectors: 5 }).tiers[0]).toMatchObject({ keptAfterPerS: 10, ratioAfter: 1, atMost: false });
  });

  it("claims nothing of a budget when it does not know how many collectors have one", () => {
    const candidate = policy(tier("errors", error, 1), budget("payments", payment, 20), rest(0.5));
    const estimate = estimateChange({ running, live, candidate });
    expect(estimate.tiers[1]).toMatchObject({ exact: false, matchedPerS: 100, keptBeforePerS: 49, keptAfterPerS: null, ratioAfter: null });
    expect(estimate.tiers[2]).toMatchObject({ exact: true, keptAfterPerS: 500 });
    expect(estimate).toMatchObject({ after: null, reason: "payments: each collector keeps to its budget, and how many there are is not known" });
    expect(estimateChange({ running, live, candidate, price: { price: LIVE_PRICE_DEFAULT, collectors: 2 } }).tiers[1].keptAfterPerS).toBe(40);
  });

  it("leaves an unchanged budget at its live figures, and derives the share that it keeps now", () => {
    const withBudget = policy(tier("errors", error, 1), budget("payments", payment, 60), rest(0.01));
    expect(estimateChange({ running: withBudget, live, candidate: withBudget }).tiers[1]).toMatchObject({
      exact: true,
      keptAfterPerS: 49,
      ratioBefore: 0.49,
      ratioAfter: 0.49,
    });
    const idle = live.map((rate) => ({ ...rate, matchedPerS: 0, keptPerS: 0, bytesMatchedPerS: 0, bytesKeptPerS: 0 }));
    expect(estimateChange({ running: withBudget, live: idle, candidate: withBudget }).tiers[1]).toMatchObject({ ratioBefore: null, ratioAfter: null });
    expect(estimateChange({ running, live: idle, candidate: withBudget, collectors: 2 }).tiers[1]).toMatchObject({ ratioAfter: null, keptAfterPerS: 0 });
  });
});
