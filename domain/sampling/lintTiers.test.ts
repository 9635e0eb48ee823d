import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { lintTiers } from "./lintTiers.ts";
import { matchTrace } from "./matchCondition.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import { anySpan, anyTrace, spanCondition, traceCondition } from "./traceTestData.ts";

const keep = { kind: "ratio" as const, ratio: 1 };
const error: Condition = { kind: "status", is: "error" };
const above = (aboveMs: number): Condition => ({ kind: "latency", aboveMs });
const endpoint = (match: "exact" | "prefix" | "contains" | "regex", ...values: string[]): Condition => ({ kind: "endpoint", match, values });
const attribute = (op: "equals" | "above" | "below" | "exists" | "prefix" | "notEquals", value?: string | number): Condition => ({
  ...{ kind: "attribute", key: "k", in: "span", op },
  ...(value === undefined ? {} : { value }),
});

function found(scope: "span" | "trace", ...conditions: Condition[]): string[] {
  const tiers = [...conditions, { kind: "always" as const }].map((condition, index) => ({ name: `t${index}`, condition, keep }));
  return lintTiers({ scope, tiers } as SamplingPolicy).map(({ path, message }) => `${path}: ${message}`);
}

describe("lintTiers", () => {
  it.each<[string, Condition, Condition]>([
    ["the same condition", error, error],
    ["a higher latency", above(100), above(500)],
    ["a longer prefix", endpoint("prefix", "/api/"), endpoint("prefix", "/api/pay", "/api/cart")],
    ["a text that contains it", endpoint("contains", "pay"), endpoint("exact", "/api/payment")],
    ["a text that the expression matches", endpoint("regex", "^/api/(pay|cart)"), endpoint("exact", "/api/payment")],
    ["one that asks for more", error, { kind: "all", of: [error, above(500)] }],
    ["one of several that are taken", { kind: "any", of: [error, above(500)] }, above(900)],
    ["a comparison of the same number", attribute("above", 5), attribute("equals", 7)],
    ["any value where the attribute is enough", attribute("exists"), attribute("below", 3)],
    ["the opposite of something narrower", { kind: "not", of: endpoint("prefix", "/a") }, { kind: "not", of: endpoint("prefix", "/") }],
  ])("finds a tier that an earlier one covers: %s", (_, earlier, later) => {
    for (const scope of ["span", "trace"] as const) {
      expect(found(scope, earlier, later)).toEqual(['sampling.tiers[1].condition: "t1" can never match: "t0" before it takes all of it']);
    }
  });

  it.each<[string, Condition, Condition]>([
    ["a lower latency", above(500), above(100)],
    ["a wider prefix", endpoint("prefix", "/api/pay"), endpoint("prefix", "/api/")],
    ["another attribute's value", attribute("equals", "a"), attribute("equals", "b")],
    ["one of two alternatives", error, { kind: "any", of: [error, above(500)] }],
    ["a bound that is just met", attribute("above", 5), attribute("equals", 5)],
    ["a span without the attribute", attribute("notEquals", "a"), { kind: "not", of: attribute("equals", "a") }],
  ])("says nothing of a tier that can match: %s", (_, earlier, later) => {
    for (const scope of ["span", "trace"] as const) expect(found(scope, earlier, later)).toEqual([]);
  });

  it("finds a tier that several earlier ones cover together, and names no others", () => {
    expect(found("trace", error, endpoint("prefix", "/x"), above(500), { kind: "any", of: [error, above(900)] })).toEqual([
      'sampling.tiers[3].condition: "t3" can never match: "t0" and "t2" before it take all of it',
    ]);
  });

  it("knows that spans of one trace differ, and one span does not", () => {
    const two: Condition = { kind: "all", of: [error, { kind: "status", is: "ok" }] };
    const impossible = 'sampling.tiers[0].condition: nothing can fulfil the condition of "t0": it asks for a thing and its opposite';
    expect(found("span", two)).toEqual([impossible]);
    expect(found("trace", two)).toEqual([]);
    expect(found("trace", { kind: "sameSpan", of: two })).toEqual([impossible]);
    expect(found("trace", { kind: "all", of: [above(500), { kind: "not", of: above(100) }] })).toEqual([impossible]);
    // A trace that lasts so long need not have a span that does.
    expect(found("trace", { kind: "sameSpan", of: above(500) }, above(500))).toEqual([]);
    expect(found("trace", above(500), { kind: "sameSpan", of: above(500) })).toHaveLength(1);
  });

  it.each([
    ["span", spanCondition, anySpan.map((span) => ({ spans: [span] }))],
    ["trace", traceCondition, anyTrace],
  ] as const)("in %s scope never reports a tier that a trace reaches", (scope, condition, trace) => {
    let reported = 0;
    const tiers = fc.array(condition, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(tiers, fc.array(trace, { minLength: 5, maxLength: 20 }), (conditions, traces) => {
        const policy = { scope, tiers: conditions.map((one, index) => ({ name: `t${index}`, condition: one, keep })) } as SamplingPolicy;
        const unreachable = new Set(lintTiers(policy).map(({ path }) => Number(/\[(\d+)\]/.exec(path)?.[1])));
        reported += unreachable.size;
        for (const one of traces) {
          const first = conditions.findIndex((candidate) => matchTrace(candidate, one));
          expect(unreachable.has(first)).toBe(false);
        }
      }),
      { numRuns: 1500 },
    );
    // It would hold for a check that never reports anything.
    expect(reported).toBeGreaterThan(100);
  });
});
