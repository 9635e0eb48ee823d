import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { describeCondition } from "./describeCondition.ts";
import { describeDifference, describePolicyChange, subjectOfDifference } from "./describePolicyChange.ts";
import { diffPolicies } from "./diffPolicies.ts";
import { type SamplingPolicy, samplingPolicySchema, type Tier } from "./samplingPolicy.ts";
import { TRACE_SETTING_NAMES } from "./traceSettingWords.ts";

const error: Condition = { kind: "status", is: "error" };
const slow: Condition = { kind: "latency", aboveMs: 500 };
const payment: Condition = { kind: "endpoint", match: "contains", values: ["/api/payment"] };
const tier = (name: string, condition: Condition, ratio: number): Tier => ({ name, condition, keep: { kind: "ratio", ratio } });
const budget = (name: string, condition: Condition, spansPerSecond: number): Tier => ({ name, condition, keep: { kind: "budget", spansPerSecond } });
const policy = (...tiers: Tier[]): SamplingPolicy => ({ scope: "span", tiers: [...tiers, tier("default", { kind: "always" }, 0.01)] });
const ofTraces = (settings: object = {}): SamplingPolicy => samplingPolicySchema.parse({ scope: "trace", ...settings });

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

  it("says when a share becomes a budget, and how a budget changes", () => {
    const share = policy(tier("important APIs", payment, 0.5));
    const small = policy(budget("important APIs", payment, 200));
    expect(describePolicyChange(share, small)).toEqual(["important APIs: keep 50% → at most 200 spans/s for each collector"]);
    expect(describePolicyChange(small, share)).toEqual(["important APIs: keep at most 200 spans/s for each collector → 50%"]);
    expect(describePolicyChange(small, policy(budget("important APIs", payment, 12_500.5)))).toEqual([
      "important APIs: keep at most 200 → 12,500.5 spans/s for each collector",
    ]);
    expect(describePolicyChange(policy(), small)).toEqual([
      "important APIs: new, at place 1: endpoint contains /api/payment, keep at most 200 spans/s for each collector",
    ]);
    expect(describePolicyChange(small, policy())).toEqual([
      "important APIs: removed; it kept at most 200 spans/s for each collector of endpoint contains /api/payment",
    ]);
  });

  it("says when whole traces are decided instead of single spans, and how long they wait then", () => {
    const single = samplingPolicySchema.parse({});
    expect(describePolicyChange(single, ofTraces())).toEqual([
      "decides whole traces instead of single spans; a trace waits 10 s for its spans, at most 2 s once the root has come",
    ]);
    expect(describePolicyChange(single, ofTraces({ decisionWaitMs: 500 }))).toEqual([
      "decides whole traces instead of single spans; a trace waits 500 ms for its spans",
    ]);
    expect(describePolicyChange(ofTraces(), single)).toEqual(["decides single spans instead of whole traces; nothing waits for a decision"]);
  });

  it("names each setting of trace scope that changes, in plain words", () => {
    const other = { decisionWaitMs: 5000, decisionWaitAfterRootMs: 250, tracesMax: 50_000, spansMax: 600_000, bytesMax: 134_217_728 };
    expect(describePolicyChange(ofTraces(), ofTraces({ ...other, decisionCache: { entriesMax: 1_000_000, ttlMs: 90_000 } }))).toEqual([
      "decision wait 10 s → 5 s",
      "decision wait after the root 2 s → 250 ms",
      "traces that may wait 100,000 → 50,000",
      "spans that may wait 500,000 → 600,000",
      "bytes that waiting spans may hold 268,435,456 → 134,217,728",
      "decisions remembered 500,000 → 1,000,000",
      "decisions remembered for 5 min → 1.5 min",
    ]);
  });

  it("has a word for every setting that the schema knows", () => {
    const paths = (value: object, prefix = ""): string[] =>
      Object.entries(value).flatMap(([key, inner]) => (typeof inner === "object" ? paths(inner, `${prefix}${key}.`) : [`${prefix}${key}`]));
    const { scope: _, tiers: __, ...settings } = ofTraces();
    expect(paths(settings).sort()).toEqual([...TRACE_SETTING_NAMES].sort());
  });

  it("begins each sentence with what it is about", () => {
    const before = policy(tier("a", error, 1), tier("b", slow, 1), budget("c", payment, 5));
    const after = policy(tier("b", slow, 0.5), tier("z", error, 1), tier("c", payment, 1));
    const differences = [...diffPolicies(before, after), ...diffPolicies(before, ofTraces()), ...diffPolicies(ofTraces(), ofTraces({ tracesMax: 5000 }))];
    expect(new Set(differences.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(7);
    for (const difference of differences) {
      const sentence = describeDifference(difference);
      expect(sentence.startsWith(subjectOfDifference(difference))).toBe(true);
      expect(sentence.length).toBeGreaterThan(subjectOfDifference(difference).length);
    }
  });

  it("says nothing when nothing changes", () => {
    const same = policy(tier("errors", error, 1), tier("slow", slow, 0.5));
    expect(describePolicyChange(same, structuredClone(same))).toEqual([]);
  });

  it("says something whenever two policies differ", () => {
    const keep = fc.oneof(
      fc.record({ kind: fc.constant("ratio" as const), ratio: fc.constantFrom(0, 0.5, 1) }),
      fc.record({ kind: fc.constant("budget" as const), spansPerSecond: fc.constantFrom(1, 2) }),
    );
    const tier = fc.record({ name: fc.constantFrom("a", "b", "c", "d"), condition: fc.constantFrom(error, slow, payment), keep });
    const tiers = fc.uniqueArray(tier, { selector: (one) => one.name, maxLength: 4 });
    const scope = fc.constantFrom(policy(), ofTraces(), ofTraces({ decisionWaitMs: 20_000 }), ofTraces({ decisionCache: { ttlMs: 2000 } }));
    const policies = fc.tuple(scope, tiers).map(([body, own]): SamplingPolicy => ({ ...body, tiers: [...own, ...body.tiers] }));
    fc.assert(
      fc.property(policies, policies, (before, after) => {
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
    expect(describeCondition({ kind: "spanCount", atLeast: 1000 })).toBe("at least 1000 spans");
    expect(describeCondition({ kind: "sameSpan", of: { kind: "all", of: [error, slow] } })).toBe("one span with (status is error and latency above 500 ms)");
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
