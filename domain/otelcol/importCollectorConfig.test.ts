import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../sampling/decide.ts";
import type { TraceFacts } from "../sampling/spanFacts.ts";
import { durationNs } from "../sampling/spanFacts.ts";
import { anyTrace } from "../sampling/traceTestData.ts";
import { EXAMPLE_CONFIG } from "./exampleConfig.ts";
import { importCollectorConfig } from "./importCollectorConfig.ts";

function processorsOf(text: string) {
  const result = importCollectorConfig(text);
  if (!result.ok) throw new Error(result.problem.message);
  return result.processors;
}
const policies = (list: unknown) => processorsOf(JSON.stringify({ policies: list }))[0];
const shares = (policy: { tiers: { name: string; keep: unknown }[] } | null) =>
  policy?.tiers.map((tier) => [tier.name, (tier.keep as { ratio: number }).ratio]);
const string = (values: string[], rest = {}) => ({ type: "string_attribute", string_attribute: { key: "k", values, ...rest } });
const percent = (sampling_percentage: number, hash_salt = "") => ({ type: "probabilistic", probabilistic: { sampling_percentage, hash_salt } });

describe("importing a Collector's configuration", () => {
  it("says that a block beside that of the type is ignored, and what was meant", () => {
    const [processor] = processorsOf(EXAMPLE_CONFIG);
    expect(processor).toMatchObject({ id: "tail_sampling", pipelines: ["traces"], leftOut: [] });
    expect(shares(processor.asItRuns)).toEqual([
      ["errors", 1],
      ["slow requests", 1],
      ["important APIs", 1],
      ["default", 0.01],
    ]);
    expect(shares(processor.asMeant)).toEqual([
      ["errors", 1],
      ["slow requests", 1],
      ["important APIs", 0.5],
      ["default", 0.01],
    ]);
    expect(processor.asMeant?.tiers[1].condition).toEqual({ kind: "latency", aboveMs: 500 });
    expect(processor.asItRuns).toMatchObject({ scope: "trace", decisionWaitMs: 10_000, decisionWaitAfterRootMs: 10_000, tracesMax: 100_000 });
    expect(processor.findings).toEqual([
      {
        severity: "warning",
        path: "processors.tail_sampling.policies[2].probabilistic",
        line: 18,
        message: expect.stringContaining("silently ignored"),
        mends: [{ label: "Combine string_attribute and probabilistic" }, { label: "Remove probabilistic" }].map((one) => expect.objectContaining(one)),
      },
    ]);
  });

  it("counts 50.5% where half of a part and one in a hundred of all draw with different salts, and 50% with the same", () => {
    const half = (salt: string) => ({
      name: "part",
      type: "and",
      and: {
        and_sub_policy: [
          { name: "a", ...string(["a"]) },
          { name: "b", ...percent(50, salt) },
        ],
      },
    });
    const rest = { name: "rest", ...percent(1) };
    expect(shares(policies([half("x"), rest]).asItRuns)?.[0]?.[1]).toBeCloseTo(0.505, 10);
    expect(shares(policies([half("x"), rest]).asMeant)?.[0]?.[1]).toBe(0.5);
    expect(policies([half("x"), rest]).findings[0]?.message).toContain("50.5%");
    expect(shares(policies([half(""), rest]).asItRuns)).toEqual([
      ["part", 0.5],
      ["rest", 0.01],
    ]);
  });

  it("leaves out what no tier says, with its text as it is written and its line", () => {
    const written = ["name: t", "type: trace_state", "# the tenants that pay", "trace_state:", "  key: tenant", "  values: [a, b]"];
    for (const lines of [
      written,
      ["{ name: t, type: trace_flags }"],
      ["name: o", "type: ottl_condition", "ottl_condition:", "  span: ['span.name == \"x\"']"],
    ]) {
      const text = [
        "processors:",
        "  tail_sampling:",
        "    policies:",
        "      - name: rest",
        "        type: probabilistic",
        "        probabilistic: { sampling_percentage: 1 }",
      ];
      const [processor] = processorsOf([...text, ...lines.map((line, index) => `${index === 0 ? "      - " : "        "}${line}`), "service: {}"].join("\n"));
      expect(processor.leftOut).toEqual([{ path: "processors.tail_sampling.policies[1]", line: 7, reason: expect.any(String), text: lines.join("\n") }]);
      expect(shares(processor.asItRuns)).toEqual([["rest", 0.01]]);
    }
    expect(policies([{ name: "x", type: "nonsense" }]).findings).toMatchObject([{ severity: "error", path: "policies[0].type" }]);
  });

  it("shows what an alias stands for, and what came in by a merge", () => {
    const text = [
      "processors:",
      "  tail_sampling/a: { policies: [&flags { name: f, type: trace_flags }] }",
      "  tail_sampling/b: { policies: [*flags, { <<: *flags, name: g }] }",
    ];
    const [, other] = processorsOf(text.join("\n"));
    expect(other.leftOut.map(({ line, text: part }) => [line, part])).toEqual([
      [3, "{ name: f, type: trace_flags }"],
      [3, "{ <<: *flags, name: g }"],
    ]);
  });

  it("reads a composite as tiers with budgets, in the order in which the Collector tries them", () => {
    const composite = (rest: object) => ({
      name: "c",
      type: "composite",
      composite: {
        max_total_spans_per_second: 1_000,
        composite_sub_policy: [
          { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
          { name: "slow", type: "latency", latency: { threshold_ms: 500 } },
          { name: "rest", type: "always_sample" },
        ],
        ...rest,
      },
    });
    const budgets = (policy: { tiers: { name: string; keep: unknown }[] } | null) => policy?.tiers.map((tier) => [tier.name, tier.keep]);
    const keep = (spansPerSecond: number) => ({ kind: "budget", spansPerSecond });
    const plain = policies([
      composite({
        rate_allocation: [
          { policy: "errors", percent: 50 },
          { policy: "slow", percent: 25 },
        ],
      }),
    ]);
    expect(budgets(plain.asItRuns)).toEqual([
      ["c: errors", keep(500)],
      ["c: slow", keep(250)],
      ["c: rest", keep(333)],
    ]);
    const messages = plain.findings.map(({ message }) => message);
    expect(messages).toEqual([
      "says nothing of rest, so it has an equal part of the total: 333 spans/s",
      expect.stringMatching(/^keeps up to 1083 spans\/s, not 1000/),
      expect.stringContaining("first traces of each second"),
    ]);
    const ordered = policies([composite({ policy_order: ["slow", "errors", "rest"] })]);
    expect(ordered.findings[0]).toMatchObject({ path: "policies[0].composite.policy_order", message: expect.stringContaining("is not looked at") });
    expect(ordered.asItRuns?.tiers.map(({ name }) => name)).toEqual(["c: errors", "c: slow", "c: rest"]);
    expect(ordered.asMeant?.tiers.map(({ name }) => name)).toEqual(["c: slow", "c: errors", "c: rest"]);
    const nothing = policies([composite({ max_total_spans_per_second: 0 })]);
    expect(nothing.asItRuns?.tiers.every(({ keep: rule }) => rule.kind === "ratio" && rule.ratio === 0)).toBe(true);
  });

  it("leaves out a sub-policy of a composite that has a share or a rate of its own, and keeps the others", () => {
    const subs = [
      { name: "some", ...percent(10) },
      { name: "few", type: "rate_limiting", rate_limiting: { spans_per_second: 5 } },
      { name: "flags", type: "trace_flags" },
      { name: "rest", type: "always_sample" },
    ];
    const processor = policies([{ name: "c", type: "composite", composite: { max_total_spans_per_second: 400, composite_sub_policy: subs } }]);
    expect(processor.leftOut.map(({ path }) => path)).toEqual([0, 1, 2].map((index) => `policies[0].composite.composite_sub_policy[${index}]`));
    expect(processor.asItRuns?.tiers.map(({ name, keep }) => [name, keep])).toEqual([["c: rest", { kind: "budget", spansPerSecond: 100 }]]);
  });

  it("names where types are wrong, and what the Collector would refuse", () => {
    expect(policies([{ name: "x", type: "latency", latency: { threshold_ms: "soon" } }]).findings).toMatchObject([
      { severity: "error", path: "policies[0].latency.threshold_ms", message: 'must be a number, got "soon"' },
    ]);
    expect(
      policies([
        { name: "x", ...percent(1) },
        { name: "x", ...percent(1) },
      ]).findings[0].message,
    ).toContain("earlier policy");
    expect(policies([{ name: "x", ...percent(1), colour: 1 }]).findings[0]).toMatchObject({ severity: "error", path: "policies[0].colour" });
    expect(policies([]).findings[0].message).toContain("no policies");
  });

  it("reads several processors, merge keys and anchors, and leaves the others alone", () => {
    const text = [
      "processors:",
      "  batch: {}",
      "  tail_sampling/eu:",
      "    policies: &all [{ name: all, type: always_sample }]",
      "  tail_sampling/us: { <<: { decision_wait: 1m30s }, policies: *all }",
      "  probabilistic_sampler: { sampling_percentage: 25 }",
    ].join("\n");
    const result = importCollectorConfig(text);
    expect(result).toMatchObject({ ok: true, others: ["batch"] });
    const [eu, us, share] = processorsOf(text);
    expect([eu.id, us.id, share.id]).toEqual(["tail_sampling/eu", "tail_sampling/us", "probabilistic_sampler"]);
    expect([eu.asItRuns, us.asItRuns]).toMatchObject([{ decisionWaitMs: 30_000 }, { decisionWaitMs: 90_000 }]);
    expect(share.asItRuns).toEqual({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.25 } }] });
  });

  it("refuses bombs, what is too large or too deep, and broken YAML with the line", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi".split("").map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`),
    ].join("\n");
    for (const text of [bomb, "x".repeat(1_000_001), `a: ${"[".repeat(200_000)}`, "just a text", "- 1"]) expect(importCollectorConfig(text).ok).toBe(false);
    expect(importCollectorConfig("a: 1\nb: [\n")).toMatchObject({ ok: false, problem: { line: expect.any(Number) } });
    expect(importCollectorConfig("a: 1\na: 2\n")).toMatchObject({ ok: false, problem: { line: 2 } });
    expect(importCollectorConfig("")).toEqual({ ok: true, processors: [], others: [] });
  });

  it("never throws, whatever the policies are", () => {
    const anyPolicy = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.jsonValue(), type: fc.constantFrom("and", "latency", "drop", "not", "string_attribute", "span_count") }),
    );
    fc.assert(fc.property(fc.array(anyPolicy, { maxLength: 5 }), (list) => importCollectorConfig(JSON.stringify({ policies: list })).ok));
  });
});

/** What the policies of tail_sampling say of a trace, written down from its source: yes, no, or a draw within a share. */
type Model = { config: Record<string, unknown>; samples: (trace: TraceFacts) => boolean };
const leaf: fc.Arbitrary<Model> = fc.oneof(
  fc.constantFrom("ERROR", "OK", "UNSET").map((code): Model => {
    const wanted = { UNSET: 0, OK: 1, ERROR: 2 }[code];
    return { config: { type: "status_code", status_code: { status_codes: [code] } }, samples: ({ spans }) => spans.some((span) => span.statusCode === wanted) };
  }),
  fc.constantFrom(0, 1, 500, 1500).map((threshold_ms): Model => {
    const samples = ({ spans }: TraceFacts) => (durationNs(spans) ?? 0n) / 1_000_000n > BigInt(threshold_ms);
    return { config: { type: "latency", latency: { threshold_ms } }, samples };
  }),
  fc.tuple(fc.subarray(["a", "b", ""], { minLength: 1 }), fc.boolean()).map(([values, invert_match]): Model => {
    const held = ({ spans }: TraceFacts) =>
      spans.some((span) =>
        [...span.attributes, ...span.resource].some(({ key, value }) => key === "k" && typeof value === "string" && value !== "" && values.includes(value)),
      );
    return { config: string(values, { invert_match }), samples: (trace) => held(trace) !== invert_match };
  }),
  fc.tuple(fc.boolean(), fc.boolean()).map(([value, invert_match]): Model => {
    const held = ({ spans }: TraceFacts) =>
      spans.some((span) => [...span.attributes, ...span.resource].some((a) => a.key === "rows" && (a.value === true) === value));
    return { config: { type: "boolean_attribute", boolean_attribute: { key: "rows", value, invert_match } }, samples: (trace) => held(trace) !== invert_match };
  }),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 5 })).map(([min_spans, max_spans]): Model => {
    const samples = ({ spans }: TraceFacts) => spans.length >= min_spans && (max_spans === 0 || spans.length <= max_spans);
    return { config: { type: "span_count", span_count: { min_spans, max_spans } }, samples };
  }),
  fc.constant<Model>({ config: { type: "always_sample" }, samples: () => true }),
);
const named = (models: readonly Model[]) => models.map(({ config }, index) => ({ name: `p${index}`, ...config }));
const combined: fc.Arbitrary<Model> = fc.oneof(
  leaf,
  leaf.map((sub): Model => ({ config: { type: "not", not: { not_sub_policy: { name: "s", ...sub.config } } }, samples: (trace) => !sub.samples(trace) })),
  fc.array(leaf, { minLength: 1, maxLength: 3 }).map((subs): Model => {
    return { config: { type: "and", and: { and_sub_policy: named(subs) } }, samples: (trace) => subs.every((sub) => sub.samples(trace)) };
  }),
);
const drop = fc.array(leaf, { minLength: 1, maxLength: 2 }).map((subs): Model => {
  return { config: { type: "drop", drop: { drop_sub_policy: named(subs) } }, samples: (trace) => subs.every((sub) => sub.samples(trace)) };
});

describe("as it runs", () => {
  it("decides as tail_sampling's own rules do: a drop over all, else any policy that samples", () => {
    fc.assert(
      fc.property(fc.array(combined, { minLength: 1, maxLength: 5 }), fc.array(drop, { maxLength: 2 }), anyTrace, (samplers, drops, trace) => {
        const { asItRuns, leftOut } = policies(named([...samplers, ...drops]));
        expect(leftOut).toEqual([]);
        if (asItRuns === null) throw new Error("no policy");
        const expected = !drops.some((one) => one.samples(trace)) && samplers.some((one) => one.samples(trace));
        expect(decide(trace, asItRuns, 0n).keep).toBe(expected);
      }),
    );
  });

  it("keeps the highest share of one salt, and the union of independent draws of several", () => {
    const vote = fc.record({ on: fc.constantFrom("a", "b", ""), share: fc.integer({ min: 1, max: 99 }), salt: fc.constantFrom("", "x", "y") });
    fc.assert(
      fc.property(fc.array(vote, { minLength: 1, maxLength: 5 }), anyTrace, (votes, trace) => {
        const list = votes.map(({ on, share, salt }, index) =>
          on === ""
            ? { name: `p${index}`, ...percent(share, salt) }
            : {
                name: `p${index}`,
                type: "and",
                and: {
                  and_sub_policy: [
                    { name: "w", ...string([on]) },
                    { name: "s", ...percent(share, salt) },
                  ],
                },
              },
        );
        const { asItRuns } = policies(list);
        if (asItRuns === null) throw new Error("no policy");
        const matches = (on: string) =>
          on === "" || trace.spans.some((span) => [...span.attributes, ...span.resource].some(({ key, value }) => key === "k" && value === on));
        const highest = new Map<string, number>();
        for (const { on, share, salt } of votes) if (matches(on)) highest.set(salt, Math.max(highest.get(salt) ?? 0, share / 100));
        expect(decide(trace, asItRuns, 0n).ratio).toBeCloseTo(1 - [...highest.values()].reduce((none, share) => none * (1 - share), 1), 9);
      }),
    );
  });
});
