import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { matchTrace } from "./matchCondition.ts";
import { type PolicyHint, policyHints, SILENT_MIN_MS, trafficHints } from "./policyHints.ts";
import { type SamplingPolicy, samplingPolicySchema, type Tier } from "./samplingPolicy.ts";
import { anySpan, anyTrace, spanCondition, traceCondition } from "./traceTestData.ts";

const error: Condition = { kind: "status", is: "error" };
const regex = (...values: string[]): Condition => ({ kind: "endpoint", match: "regex", values });
const whole = { kind: "ratio" as const, ratio: 1 };
const tier = (name: string, condition: Condition, ratio = 1): Tier => ({ name, condition, keep: { kind: "ratio", ratio } });
const span = (...tiers: Tier[]): SamplingPolicy => ({ scope: "span", tiers: [...tiers, tier("default", { kind: "always" }, 0.1)] });
const decides = (policy: SamplingPolicy, trace: Parameters<typeof matchTrace>[1]) => policy.tiers.find(({ condition }) => matchTrace(condition, trace))?.name;
const same = (hints: PolicyHint[], { path, message }: PolicyHint) => hints.some((hint) => hint.path === path && hint.message === message);

describe("a mend", () => {
  const leaf = fc.constantFrom<Condition>(
    error,
    regex("^/api/"),
    regex("checkout", "^a(b|c)"),
    regex(".*pay.*"),
    { kind: "attribute", key: "k", in: "span", op: "regex", value: "^a$" },
    { kind: "service", match: "regex", values: ["^a$"] },
  );
  const nested = fc.oneof(
    leaf,
    fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(leaf, { minLength: 1, maxLength: 3 }) }),
    leaf.map((of): Condition => ({ kind: "not", of })),
  );

  it.each([
    ["span", fc.oneof(nested, spanCondition), anySpan.map((one) => ({ spans: [one] }))],
    ["trace", fc.oneof(nested, traceCondition), anyTrace],
  ] as const)(
    "in %s scope takes its hint away, and changes no decision unless it says so",
    (scope, condition, trace) => {
      let silent = 0;
      fc.assert(
        fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), fc.array(trace, { minLength: 5, maxLength: 15 }), (conditions, traces) => {
          const tiers = [...conditions.map((one, index) => tier(`t${index}`, one)), tier("default", { kind: "always" }, 0.1)];
          const parsed = samplingPolicySchema.safeParse({ scope, tiers });
          fc.pre(parsed.success);
          const policy = parsed.data as SamplingPolicy;
          for (const hint of policyHints(policy)) {
            for (const mend of hint.mends) {
              expect(samplingPolicySchema.parse(mend.policy)).toEqual(mend.policy);
              expect(same(policyHints(mend.policy), hint)).toBe(false);
              if (mend.changes !== null) continue;
              silent++;
              for (const one of traces) expect(decides(mend.policy, one)).toBe(decides(policy, one));
            }
          }
        }),
        { numRuns: 600 },
      );
      expect(silent).toBeGreaterThan(50);
    },
    60_000,
  );
});

describe("hints", () => {
  it("say of a covered tier which one takes it, and offer to remove it or to move it before that one", () => {
    const policy = span(tier("wide", error), tier("other", regex("a|b")), tier("narrow", { kind: "all", of: [error, { kind: "latency", aboveMs: 500 }] }));
    const [{ path, message, mends }] = policyHints(policy);
    expect(path).toBe("tiers[2].condition");
    expect(message).toBe('"narrow" can never match: "wide" before it takes all of it');
    expect(mends.map(({ label, changes, policy: { tiers } }) => ({ label, changes, names: tiers.map(({ name }) => name) }))).toEqual([
      { label: "Remove it", changes: null, names: ["wide", "other", "default"] },
      { label: "Move it before wide", changes: "narrow then decides what wide decided of it.", names: ["narrow", "wide", "other", "default"] },
    ]);
  });

  it("offer a comparison that says what one of several expressions says", () => {
    const [{ path, mends }] = policyHints(span(tier("a", regex("^x(y|z)", "^/api/"))));
    expect(path).toBe("tiers[0].condition.values[1]");
    expect(mends).toMatchObject([{ label: "Use prefix “/api/”", changes: null }]);
    expect(mends[0].policy.tiers[0].condition).toEqual({ kind: "any", of: [regex("^x(y|z)"), { kind: "endpoint", match: "prefix", values: ["/api/"] }] });
  });

  it("offer nothing where only a person knows what is meant", () => {
    expect(policyHints(span(tier("a", regex("(a|b){400}"))))).toMatchObject([{ mends: [] }]);
  });

  it("say of a ratio that it leaves too few spans an hour, and offer one that leaves enough", () => {
    const policy = span(tier("a", error, 0.001), tier("dropped", regex("a|b"), 0));
    const [hint, ...others] = trafficHints(policy, { matchedPerS: [1, 1, 1] });
    expect(others).toEqual([]);
    expect(hint).toMatchObject({
      severity: "info",
      path: "tiers[0].keep",
      message: '"a" keeps 3.6 spans an hour at the present rate: too few to tell anything by',
    });
    expect(hint.mends[0]).toMatchObject({ label: "Keep 0.28%", changes: "About 6.5 spans an hour more are kept; what is kept now stays so." });
    expect(trafficHints(hint.mends[0].policy, { matchedPerS: [1, 1, 1] })).toEqual([]);
    expect(trafficHints(policy, { matchedPerS: [0, null, null] })).toEqual([]);
  });

  it("say of a tier that it has matched nothing, for as long as that was watched, and offer to remove it", () => {
    const policy = span(tier("a", error), tier("b", regex("a|b")));
    const watched = (silentMs: number) => ({ silentMs, measuredSinceMs: null });
    const hints = trafficHints(policy, { silence: [watched(SILENT_MIN_MS - 1), watched(5 * 60_000), watched(9e6)] });
    expect(hints.map(({ path, message }) => ({ path, message }))).toEqual([
      { path: "tiers[1].condition", message: '"b" has matched nothing for the 5 min that this page has watched it' },
    ]);
    expect(hints[0].mends).toMatchObject([
      { label: "Remove b", changes: expect.stringContaining("tiers after it"), policy: { tiers: [{ name: "a" }, { name: "default" }] } },
    ]);
  });

  it("say of a tier that was silent for a week since when that was measured, and warn of it", () => {
    const measuredSinceMs = Date.UTC(2026, 10, 12, 9, 30);
    const of = (days: number) => trafficHints(span(tier("a", error)), { silence: [{ silentMs: days * 86_400_000, measuredSinceMs }] });
    expect(of(9)).toMatchObject([
      {
        severity: "warning",
        message: '"a" has matched nothing for 9 days, while spans came all that time (measured since 2026-11-12 09:30 UTC)',
        mends: [{ label: "Remove a" }],
      },
    ]);
    expect(of(6.9)).toMatchObject([{ severity: "info", message: expect.stringContaining("for 6 days,") }]);
    expect(of(0.25)).toMatchObject([{ message: expect.stringContaining("for 6 h,") }]);
  });

  it("say that memory can't hold the wait, and both ways out do away with it", () => {
    const policy = samplingPolicySchema.parse({
      scope: "trace",
      decisionWaitMs: 30_000,
      spansMax: 100_000,
      tiers: [{ name: "default", condition: { kind: "always" }, keep: whole }],
    });
    for (const spansPerS of [5_000, 100_000]) {
      const offered = { spansPerS, spanBytes: 500 };
      const [hint] = trafficHints(policy, { offered });
      expect(hint).toMatchObject({ severity: spansPerS === 5_000 ? "info" : "warning", path: "spansMax" });
      expect(hint.mends).toHaveLength(2);
      for (const mend of hint.mends) expect(same(trafficHints(mend.policy, { offered }), hint)).toBe(false);
    }
  });
});
