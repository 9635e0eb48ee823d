import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Condition } from "../sampling/condition.ts";
import { decide } from "../sampling/decide.ts";
import { type SamplingPolicy, samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import { anyTrace, traceCondition } from "../sampling/traceTestData.ts";
import { exportPolicy } from "./exportPolicy.ts";
import { importCollectorConfig } from "./importCollectorConfig.ts";

const traceOf = (tiers: unknown): SamplingPolicy => samplingPolicySchema.parse({ scope: "trace", decisionWaitMs: 5_000, tiers });
const kept = (ratio: number) => ({ kind: "ratio", ratio });
const rest = (ratio: number) => ({ name: "default", condition: { kind: "always" }, keep: kept(ratio) });
const either = (op: "equals" | "notEquals" | "contains", value: string | boolean): Condition => ({
  kind: "any",
  of: [
    { kind: "attribute", key: "k", in: "span", op, value },
    { kind: "attribute", key: "k", in: "resource", op, value },
  ],
});

const writable: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>(either("equals", "a"), either("equals", "b"), either("contains", "a"), either("equals", true), either("notEquals", true)),
  fc.constantFrom<Condition>({ kind: "not", of: either("equals", "a") }, { kind: "not", of: either("equals", true) }),
  fc.record({ kind: fc.constant("status" as const), is: fc.constantFrom("error", "ok", "unset") }),
  fc.record({ kind: fc.constant("latency" as const), aboveMs: fc.constantFrom(0.999999, 499.999999, 1499.999999) }),
  fc.record({ kind: fc.constant("spanCount" as const), atLeast: fc.integer({ min: 1, max: 5 }) }),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  writable,
  fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(writable, { minLength: 1, maxLength: 3 }) }),
);

describe("a policy for the Collector", () => {
  it("means the same when it is read again", () => {
    const ratios = fc.array(fc.constantFrom(1, 0.5, 0.25, 0.1), { maxLength: 4 });
    const policies = fc.tuple(ratios, fc.integer({ min: 0, max: 2 }), fc.constantFrom(0, 0.01)).chain(([shares, drops, last]) =>
      fc.array(condition, { minLength: shares.length + drops, maxLength: shares.length + drops }).map((conditions) => {
        const keeps = [...Array<number>(drops).fill(0), ...shares];
        return traceOf([...conditions.map((one, index) => ({ name: `t${index}`, condition: one, keep: kept(keeps[index]) })), rest(last)]);
      }),
    );
    fc.assert(
      fc.property(policies, anyTrace, (policy, trace) => {
        const { yaml, statements } = exportPolicy(policy);
        expect(statements).toEqual([]);
        const again = importCollectorConfig(yaml);
        if (!again.ok || again.processors[0].asItRuns === null) throw new Error(JSON.stringify(again));
        expect(again.processors[0].findings.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(again.processors[0].leftOut).toEqual([]);
        expect(decide(trace, again.processors[0].asItRuns, 0n).ratio).toBeCloseTo(decide(trace, policy, 0n).ratio, 9);
        expect(again.processors[0].asItRuns).toMatchObject({ decisionWaitMs: 5_000, tracesMax: 100_000 });
      }),
      { numRuns: 50 },
    );
  });

  it("of any conditions means the same when it is read again, wherever it claims to say all", () => {
    let whole = 0;
    const tiers = fc.array(fc.tuple(traceCondition, fc.constantFrom(1, 0.5, 0.1, 0)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(tiers, fc.array(anyTrace, { minLength: 5, maxLength: 5 }), (list, traces) => {
        const own = list.map(([one, ratio], index) => ({ name: `t${index}`, condition: one, keep: kept(ratio) }));
        const policy = samplingPolicySchema.safeParse({ scope: "trace", tiers: [...own, rest(0.2)] });
        if (!policy.success) return;
        const { yaml, statements } = exportPolicy(policy.data);
        const again = importCollectorConfig(yaml);
        if (!again.ok) throw new Error(again.problem.message);
        const [{ asItRuns, leftOut, findings }] = again.processors;
        expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
        // What is nested deeper than a policy may be, or takes more tiers or comparisons, is said.
        if (asItRuns === null) {
          expect(findings.map(({ message }) => message)).toContainEqual(expect.stringContaining("does not fit into a policy"));
          return;
        }
        expect(leftOut).toEqual([]);
        if (statements.length > 0) return;
        whole += 1;
        for (const trace of traces) expect(decide(trace, asItRuns, 0n).ratio).toBeCloseTo(decide(trace, policy.data, 0n).ratio, 9);
      }),
      { numRuns: 40 },
    );
    expect(whole).toBeGreaterThan(8);
  });

  it("of one ratio for each span is a probabilistic_sampler", () => {
    const { yaml, statements } = exportPolicy(samplingPolicySchema.parse({ scope: "span", tiers: [rest(0.07)] }));
    expect(parse(yaml)).toEqual({ processors: { probabilistic_sampler: { mode: "proportional", sampling_percentage: 7, sampling_precision: 14 } } });
    expect(statements).toEqual([]);
  });

  it("asks in a later tier with a higher share that the earlier one does not match", () => {
    const { yaml, statements } = exportPolicy(
      traceOf([
        { name: "few", condition: either("equals", "a"), keep: kept(0.1) },
        { name: "none", condition: { kind: "status", is: "ok" }, keep: kept(0) },
        rest(0.5),
      ]),
    );
    expect(statements).toEqual([]);
    const [few, last] = parse(yaml).processors.tail_sampling.policies;
    expect([few.name, last.name]).toEqual(["few", "default"]);
    expect(last.and.and_sub_policy).toMatchObject([
      { string_attribute: { values: ["a"], invert_match: true } },
      { type: "not", not: { not_sub_policy: { type: "status_code" } } },
      { probabilistic: { sampling_percentage: 50 } },
    ]);
  });

  it("writes what looks for texts of one key as one policy, and waits in whole seconds as seconds", () => {
    const one = (value: string): Condition => ({ kind: "attribute", key: "k", in: "span", op: "equals", value });
    const either: Condition = { kind: "any", of: [one("a"), one("b"), { kind: "status", is: "error" }, one("a")] };
    const { tail_sampling } = parse(exportPolicy(traceOf([{ name: "t", condition: either, keep: kept(1) }, rest(0)])).yaml).processors;
    expect(tail_sampling).toMatchObject({ decision_wait: "5s", decision_wait_after_root_received: "2s", num_traces: 100_000 });
    expect(tail_sampling.policies).toEqual([
      { name: "t", type: "string_attribute", string_attribute: { key: "k", values: ["a", "b"] } },
      { name: "t (2)", type: "status_code", status_code: { status_codes: ["ERROR"] } },
    ]);
  });

  it("says in OTTL what no other policy type says", () => {
    const ottl = (condition: Condition) =>
      parse(exportPolicy(traceOf([{ name: "t", condition, keep: kept(1) }, rest(0)])).yaml).processors.tail_sampling.policies[0];
    expect(ottl({ kind: "endpoint", match: "prefix", values: ["/api."] }).ottl_condition.span[0]).toBe(
      '(IsMatch(span.name, "^/api\\\\.") or (IsString(span.attributes["http.route"]) and IsMatch(span.attributes["http.route"], "^/api\\\\.")) or ' +
        '(IsString(span.attributes["url.path"]) and IsMatch(span.attributes["url.path"], "^/api\\\\.")) or ' +
        '(IsString(span.attributes["rpc.method"]) and IsMatch(span.attributes["rpc.method"], "^/api\\\\.")))',
    );
    expect(ottl({ kind: "not", of: { kind: "spanKind", is: "server" } }).not.not_sub_policy.ottl_condition.span).toEqual(["span.kind == SPAN_KIND_SERVER"]);
    expect(ottl({ kind: "attribute", key: "k", in: "resource", op: "notEquals", value: "" }).ottl_condition.span).toEqual([
      '(resource.attributes["k"] != nil and resource.attributes["k"] != "")',
    ]);
  });

  it("doubles the dollars that a Collector would look something up for, and reads them back", () => {
    const condition = either("equals", `$${"{HOME}"} $$`);
    const { yaml } = exportPolicy(traceOf([{ name: "t", condition, keep: kept(1) }, rest(0)]));
    expect(yaml).toContain(`$$${"{HOME}"} $$$$`);
    const again = importCollectorConfig(yaml);
    expect(again).toMatchObject({ ok: true, processors: [{ asItRuns: { tiers: [{ condition }, {}] } }] });
  });

  it("states what is left out, what rises all the same, and what is a little different", () => {
    const many: Condition = {
      kind: "all",
      of: Array.from({ length: 8 }, (_, at) => ({
        kind: "any",
        of: [0, 1].map((n) => ({ kind: "attribute", key: `k${at}${n}`, in: "span", op: "equals", value: `${n}` })),
      })),
    };
    const { yaml, statements } = exportPolicy(
      traceOf([
        { name: "many", condition: many, keep: kept(0.01) },
        { name: "slow", condition: { kind: "latency", aboveMs: 500 }, keep: kept(0.1) },
        { name: "some", condition: { kind: "attribute", key: "k", op: "equals", value: "a" }, keep: kept(0.5) },
        { name: "default", condition: { kind: "always" }, keep: { kind: "budget", spansPerSecond: 20.5 } },
      ]),
    );
    expect(statements).toEqual([
      expect.stringMatching(/^"many" is left out: it takes more than 64 policies/),
      expect.stringMatching(/^"slow" is above 500 ms/),
      expect.stringMatching(/^"some" looks for k at the span alone/),
      expect.stringMatching(/^"default" has a budget for each collector/),
      expect.stringMatching(/^"default" has a budget of 20.5 spans\/s; 20 is written/),
      expect.stringMatching(/^"default" takes \d+ policies, and each has the whole rate/),
    ]);
    expect(parse(yaml).processors.tail_sampling.policies.map(({ type }: { type: string }) => type)).toContain("and");
  });
});
