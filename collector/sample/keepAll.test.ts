import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEEP_ALL_TIER, type KeepAllRule } from "#domain/fleet/keepAll.ts";
import { decide, randomnessOf } from "#domain/sampling/decide.ts";
import { matchCondition } from "#domain/sampling/matchCondition.ts";
import { samplingPolicySchema, TIERS_MAX } from "#domain/sampling/samplingPolicy.ts";
import { KEPT, tierOfVerdict } from "../otlp/spanTable.ts";
import { compilePolicy } from "./compilePolicy.ts";
import { KeepAllCounts } from "./keepAllCounts.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { modelSpan, plainRequest, TraceHarness } from "./trace/traceTestData.ts";
import { encodeRequest, factsOf, policies, requests, seededRandom } from "./wireTestData.ts";

const runs = Number(process.env.PROPERTY_RUNS ?? 50);
const shop: KeepAllRule = { id: "shop", condition: { kind: "service", match: "exact", values: ["shop"] } };
const orders: KeepAllRule = { id: "orders", condition: { kind: "endpoint", match: "prefix", values: ["GET"] } };
const nothing = { name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 0 } };

describe("keeping everything, span by span", () => {
  it("keeps each span that matches, decides on the others as before, and counts what the policy would have sampled out", () => {
    const sampler = createSpanSampler();
    fc.assert(
      fc.property(policies, requests, fc.integer(), (policy, request, seed) => {
        if (policy.tiers.length + 2 > TIERS_MAX) return;
        const rules = [shop, orders];
        const compiled = compilePolicy(policy, rules);
        const one = request.slice(0, 1).map(({ resource, scopes }) => ({ resource, scopes: scopes.slice(0, 1) }));
        const bytes = encodeRequest(one, seededRandom(seed));
        const facts = one.flatMap(({ resource, scopes }) => scopes.flatMap(({ spans }) => spans.map((span) => factsOf(span, resource))));
        expect(sampler.sample(bytes, 0, bytes.length, compiled)).toBe(facts.length);
        const { verdict, extraSpans } = sampler.table;
        const expected = [0, 0];
        const wanted = facts.map((span) => {
          const own = decide({ spans: [span] }, policy, randomnessOf(span));
          const rule = rules.findIndex(({ condition }) => matchCondition(condition, span));
          if (rule < 0) return { tier: own.tierIndex + rules.length, kept: own.keep };
          if (!own.keep) expected[rule]++;
          return { tier: rule, kept: true };
        });
        const seen = wanted.map((_, span) => ({ tier: tierOfVerdict(verdict[span]), kept: (verdict[span] & KEPT) !== 0 }));
        expect(seen).toEqual(wanted);
        expect([...extraSpans.slice(0, 2)]).toEqual(expected);
      }),
      { numRuns: runs },
    );
  }, 60_000);

  it("takes the places that the policy leaves, and says of the others that they do not hold", () => {
    const tiers = [
      ...Array.from({ length: TIERS_MAX - 2 }, (_, number) => ({
        name: `t${number}`,
        condition: { kind: "latency" as const, aboveMs: number + 1 },
        keep: { kind: "ratio" as const, ratio: 0.5 },
      })),
      nothing,
    ];
    const compiled = compilePolicy(samplingPolicySchema.parse({ scope: "span", tiers }), [shop, orders]);
    expect(compiled.keepAll).toEqual([shop]);
    const counts = new KeepAllCounts();
    counts.use([shop, orders], compiled.keepAll.length, "no place");
    expect(counts.figures()).toMatchObject([
      { id: "shop", active: true, problem: "" },
      { id: "orders", active: false, problem: "no place" },
    ]);
  });

  it("forgets the oldest of the counts when there are too many, never one that is wanted", () => {
    const counts = new KeepAllCounts();
    counts.use([shop], 1, "");
    for (let number = 0; number < 100; number++) counts.use([shop, { ...orders, id: `n${number}` }], 2, "");
    const ids = counts.figures().map(({ id }) => id);
    expect(ids).toHaveLength(64);
    expect(ids).toContain("shop");
    expect(ids.at(-1)).toBe("n99");
  });
});

describe("keeping everything, trace by trace", () => {
  const policy = samplingPolicySchema.parse({ scope: "trace", decisionWaitMs: 1_000, decisionWaitAfterRootMs: 1_000, tiers: [nothing] });
  if (policy.scope !== "trace") throw new Error("the policy of the test has trace scope");

  it("keeps whole traces that came while it lasted, late spans too, and none that waited before or came after", async () => {
    const harness = new TraceHarness(policy);
    const send = (trace: number) => harness.send(plainRequest(modelSpan(trace), modelSpan(trace)));
    send(1);
    harness.use(policy, 1, [shop]);
    send(2);
    await harness.clock.advance(1_500);
    send(2);
    harness.use(policy, 1, []);
    send(3);
    await harness.clock.advance(1_500);
    expect(new Set(harness.sent.map(({ traceId }) => traceId.slice(0, 8)))).toEqual(new Set(["00000002"]));
    expect(harness.sent).toHaveLength(4);
    expect(harness.sent.every(({ traceState }) => traceState === "ot=th:0")).toBe(true);
    expect(harness.tierNames(harness.kept)).toEqual({ [KEEP_ALL_TIER]: 4 });
    expect(harness.keptAll).toEqual(new Map([["shop", 4]]));
    expect(harness.unaccounted()).toBe(0);
  });

  it("asks of one span that it fulfils all comparisons, whatever other spans of its trace do", async () => {
    const both: KeepAllRule = {
      id: "both",
      condition: {
        kind: "all",
        of: [
          { kind: "endpoint", match: "exact", values: ["a"] },
          { kind: "attribute", key: "x", in: "span", op: "equals", value: "1" },
        ],
      },
    };
    const attributes = [{ key: "x", value: { kind: "string" as const, value: "1" } }];
    const harness = new TraceHarness(policy);
    harness.use(policy, 1, [both]);
    harness.send(plainRequest(modelSpan(1, { name: "a" }), modelSpan(1, { name: "b", attributes })));
    harness.send(plainRequest(modelSpan(2, { name: "a", attributes })));
    await harness.clock.advance(1_500);
    expect(harness.sent.map(({ traceId }) => traceId.slice(0, 8))).toEqual(["00000002"]);
  });
});
