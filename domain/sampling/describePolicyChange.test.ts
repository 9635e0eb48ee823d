import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { describeCondition } from "./describeCondition.ts";
import { describePolicyChange } from "./describePolicyChange.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

const error: Condition = { kind: "status", is: "error" };
const slow: Condition = { kind: "latency", aboveMs: 500 };
const payment: Condition = { kind: "endpoint", match: "contains", values: ["/api/payment"] };
const tier = (name: string, condition: Condition, ratio: number) => ({ name, condition, keep: { kind: "ratio" as const, ratio } });
const policy = (...tiers: ReturnType<typeof tier>[]): SamplingPolicy => ({ scope: "span", tiers: [...tiers, tier("default", { kind: "always" }, 0.01)] });

describe("policy change in words", () => {
  it("says which ratio changes from what to what", () => {
    expect(describePolicyChange(policy(tier("important APIs", payment, 0.5)), policy(tier("important APIs", payment, 0.25)))).toEqual([
      "important APIs: keep 50% → 25%",
    ]);
    expect(describePolicyChange(policy(tier("a", error, 0.07)), policy(tier("a", error, 0.0001)))).toEqual(["a: keep 7% → 0.01%"]);
  });

  it("names tiers that are new, gone, renamed, moved or match something else", () => {
    expect(describePolicyChange(policy(), policy(tier("errors", error, 1)))).toEqual(["errors: new, at place 1: status is error, keep 100%"]);
    expect(describePolicyChange(policy(tier("errors", error, 1)), policy())).toEqual(["errors: removed; it kept 100% of status is error"]);
    expect(describePolicyChange(policy(tier("errors", error, 1)), policy(tier("failures", error, 0.5)))).toEqual([
      "errors: renamed to failures",
      "failures: keep 100% → 50%",
    ]);
    expect(describePolicyChange(policy(tier("a", slow, 1)), policy(tier("a", { ...slow, aboveMs: 200 } as Condition, 1)))).toEqual([
      "a: matches latency above 500 ms → latency above 200 ms",
    ]);
    expect(
      describePolicyChange(
        policy(tier("a", error, 1), tier("b", slow, 1), tier("c", payment, 1)),
        policy(tier("c", payment, 1), tier("a", error, 1), tier("b", slow, 1)),
      ),
    ).toEqual(["c: place 3 → 1"]);
  });

  it("says nothing when nothing changes", () => {
    const same = policy(tier("errors", error, 1), tier("slow", slow, 0.5));
    expect(describePolicyChange(same, structuredClone(same))).toEqual([]);
  });

  it("says something whenever two policies differ", () => {
    const tiers = fc.uniqueArray(
      fc.record({ name: fc.constantFrom("a", "b", "c", "d"), condition: fc.constantFrom(error, slow, payment), ratio: fc.constantFrom(0, 0.5, 1) }),
      {
        selector: (one) => one.name,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(tiers, tiers, (a, b) => {
        const [before, after] = [a, b].map((list) => policy(...list.map((one) => tier(one.name, one.condition, one.ratio))));
        expect(describePolicyChange(before, after).length === 0).toBe(JSON.stringify(before) === JSON.stringify(after));
      }),
    );
  });
});

describe("condition in words", () => {
  it("reads as a sentence", () => {
    expect(describeCondition({ kind: "always" })).toBe("everything");
    expect(describeCondition({ kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] })).toBe(
      "endpoint contains /api/payment or /api/checkout",
    );
    expect(describeCondition({ kind: "attribute", key: "http.status", in: "span", op: "atLeast", value: 500 })).toBe("attribute http.status at least 500");
    expect(describeCondition({ kind: "attribute", key: "env", in: "resource", op: "exists" })).toBe("resource attribute env exists");
    expect(describeCondition({ kind: "service", match: "exact", values: ["1", "2", "3", "4", "5", "6"] })).toBe("service is 1 or 2 or 3 or 4 or 2 more");
  });

  it("sets brackets where and and or would run into each other", () => {
    const nested: Condition = {
      kind: "all",
      of: [
        { kind: "any", of: [error, slow] },
        { kind: "not", of: { kind: "all", of: [payment, slow] } },
      ],
    };
    expect(describeCondition(nested)).toBe("(status is error or latency above 500 ms) and not (endpoint contains /api/payment and latency above 500 ms)");
  });
});
