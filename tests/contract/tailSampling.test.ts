import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { parse } from "yaml";
import { EXAMPLE_CONFIG } from "#domain/otelcol/exampleConfig.ts";
import { exportPolicy } from "#domain/otelcol/exportPolicy.ts";
import { importCollectorConfig } from "#domain/otelcol/importCollectorConfig.ts";
import type { Condition } from "#domain/sampling/condition.ts";
import { decide, traceRandomness } from "#domain/sampling/decide.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { TraceFacts } from "#domain/sampling/spanFacts.ts";
import { traceCondition } from "#domain/sampling/traceTestData.ts";
import { collectorDecisions, whyNotStarted } from "#tests/fixtures/collectorDecisions.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { missingPeers } from "#tests/fixtures/goPeers.ts";
import { mixedTraces } from "#tests/fixtures/mixedTraces.ts";
import {
  always,
  and,
  boolean,
  composite,
  drop,
  latency,
  named,
  not,
  number,
  ottl,
  regex,
  share,
  spanCount,
  status,
  text,
} from "#tests/fixtures/tailSamplingPolicies.ts";

type Policies = Record<string, unknown>[];

/** What the import claims to be exactly what the Collector does. */
const EXACT: Record<string, Policies> = {
  everything: [always],
  "a latency": [latency({ threshold_ms: 500 })],
  "a latency of 0": [latency({ threshold_ms: 0 })],
  "a latency with a fraction, which is cut off": [latency({ threshold_ms: 499.7 })],
  "a latency below 0": [latency({ threshold_ms: -1 })],
  "the opposite of a latency": [not(latency({ threshold_ms: 500 }))],
  "a status": [status("ERROR")],
  "two statuses": [status("OK", "UNSET")],
  "statuses as one text": [{ type: "status_code", status_code: { status_codes: "OK,ERROR" } }],
  "the opposite of a status": [not(status("UNSET"))],
  "a text": [text("k", ["a", "b"])],
  "texts as one text": [text("k", "a,4")],
  "an inverted text": [text("k", ["a"], { invert_match: true })],
  "a text of the resource": [text("service.name", ["cart"])],
  "a regular expression": [regex("k", ["^a", "4$"])],
  "a regular expression that matches everything": [regex("k", [".*"])],
  "an empty regular expression": [regex("k", [""])],
  "a regular expression that matches the empty text": [regex("k", ["^(a|4)*$"])],
  "an inverted regular expression": [regex("k", ["b"], { invert_match: true })],
  true: [boolean(true)],
  "not true": [boolean(false)],
  "inverted true": [boolean(true, { invert_match: true })],
  "inverted not true": [boolean(false, { invert_match: true })],
  "spans from": [spanCount({ min_spans: 3 })],
  "spans between": [spanCount({ min_spans: 2, max_spans: 3 })],
  "spans up to": [spanCount({ max_spans: 2 })],
  "spans that can't be": [spanCount({ min_spans: 3, max_spans: 2 })],
  "a share": [share(30)],
  "no share": [share(0)],
  "more than all": [share(150)],
  "a share of a part": [and(status("ERROR"), share(50)), share(10)],
  "nested shares": [and(text("k", ["a"]), share(50)), and(status("ERROR"), share(75)), share(1)],
  "two conditions": [and(status("ERROR"), text("k", ["a"]))],
  "opposites within": [and(not(status("ERROR")), not(text("k", ["a"], { invert_match: true })))],
  "an and of nothing": [and()],
  "a drop": [drop(text("k", ["a"]), not(status("ERROR"))), share(50)],
  "a drop of nothing": [drop(), always],
  "what stands last and counts first": [share(1), always, drop(status("ERROR"))],
  "a block that is ignored": [{ ...text("k", ["a"]), probabilistic: { sampling_percentage: 1 } }],
  "no block at all": [latency({}), { type: "span_count" }],
  "a block that nobody knows": [{ ...status("ERROR"), latncy: { threshold_ms: 1 } }],
  "a composite whose rates are never used up": [
    composite({ max_total_spans_per_second: 20_000_000 }, status("ERROR"), and(text("k", ["a"]), latency({ threshold_ms: 1 }))),
  ],
  "a composite with a sub-policy that has no rate": [composite({ max_total_spans_per_second: 1 }, status("ERROR"), always), latency({ threshold_ms: 500 })],
  "a composite that tries its sub-policies as they stand, not as policy_order says": [
    composite({ max_total_spans_per_second: 1, policy_order: ["p1", "p0"] }, always, status("ERROR")),
  ],
  "OTTL that compares": [ottl('attributes["rows"] >= 4 and span.kind != SPAN_KIND_SERVER', 'resource.attributes["k"] == true')],
  "OTTL of what is not there": [ottl('not (span.attributes["k"] != nil or status.code == STATUS_CODE_ERROR)')],
  "OTTL of a duration": [ottl('(span.end_time_unix_nano - span.start_time_unix_nano) > 500000000 and IsString(span.attributes["k"])')],
};

/** Where the import says that it differs: what it says, and the traces for which there is no difference. */
const DIFFERENT: Record<string, { policies: Policies; finding: RegExp; alike: (trace: TraceFacts) => boolean }> = {
  "a number from": { policies: [number({ min_value: 4 })], finding: /reads only whole numbers/, alike: withoutDoubles },
  "a number between": { policies: [number({ min_value: 1, max_value: 4.9 })], finding: /reads only whole numbers/, alike: withoutDoubles },
  "an inverted number": { policies: [number({ min_value: 4, invert_match: true })], finding: /reads only whole numbers/, alike: withoutDoubles },
  "a number up to": { policies: [number({ max_value: 4 })], finding: /takes whatever is no whole number/, alike: withoutDoubles },
  "a number around 0": { policies: [number({ min_value: -2, max_value: 4 })], finding: /takes whatever is no whole number/, alike: withoutDoubles },
  "a number below 0": { policies: [number({ max_value: -1 })], finding: /reads only whole numbers/, alike: withoutDoubles },
  "OTTL that matches numbers": {
    policies: [ottl('IsMatch(span.attributes["rows"], "^[-0-9]")')],
    finding: /matches numbers and lists too/,
    alike: ({ spans }) => spans.every(({ attributes }) => attributes.every(({ key, value }) => key !== "rows" || typeof value === "string")),
  },
  "a latency between": {
    policies: [latency({ threshold_ms: 1, upper_threshold_ms: 500 })],
    finding: /is asked span by span/,
    alike: ({ spans }) => spans.length === 1,
  },
};

function withoutDoubles({ spans }: TraceFacts): boolean {
  return spans.every((span) => [...span.attributes, ...span.resource].every(({ key, value }) => key !== "rows" || typeof value !== "number"));
}

/** What a finding calls an error because the Collector does not start with it. */
const REFUSED: Record<string, Record<string, unknown>> = {
  "a type that is none": { policies: [{ name: "a", type: "latncy" }] },
  "no type": { policies: [{ name: "a" }] },
  "no name": { policies: [always] },
  "a name twice": {
    policies: [
      { name: "a", ...always },
      { name: "a", ...always },
    ],
  },
  "an and within an and": { policies: named([and(and(always))]) },
  "a drop within an and": { policies: named([and(drop(always))]) },
  "a not within a not": { policies: named([not(not(always))]) },
  "a setting that no block has": { policies: named([latency({ treshold_ms: 5 })]) },
  "a setting in a block that is ignored": { policies: named([{ ...always, latency: { treshold_ms: 5 } }]) },
  "a setting beside the blocks": { policies: named([{ ...always, colour: 1 }]) },
  "a setting that tail_sampling does not have": { wait: "1s", policies: named([always]) },
  "a number in quotes": { policies: named([latency({ threshold_ms: "500" })]) },
  "a text without quotes": { policies: named([text("k", [200])]) },
  "a status that is none": { policies: named([status("FAILED")]) },
  "no status": { policies: named([status()]) },
  "a regular expression that is none": { policies: named([regex("k", ["("])]) },
  "a strategy that is none": { sampling_strategy: "random", policies: named([always]) },
};

const kept = (ratio: number) => ({ kind: "ratio", ratio });
const either = (op: string, value?: unknown) => ({
  kind: "any",
  of: ["span", "resource"].map((place) => ({ kind: "attribute", key: "k", in: place, op, value })),
});
/** A condition of each kind that the export says wholly. */
const WRITTEN: Record<string, unknown> = {
  status: { kind: "status", is: "error" },
  "not a status": { kind: "not", of: { kind: "status", is: "unset" } },
  latency: { kind: "latency", aboveMs: 499.999999 },
  "not a latency": { kind: "not", of: { kind: "latency", aboveMs: 0.999999 } },
  "span count": { kind: "spanCount", atLeast: 3 },
  endpoint: { kind: "endpoint", match: "exact", values: ["GET /cart", "a"] },
  "endpoint by prefix": { kind: "endpoint", match: "prefix", values: ["GET", "/api"] },
  "endpoint by part": { kind: "endpoint", match: "contains", values: ["api/"] },
  "endpoint by regular expression": { kind: "endpoint", match: "regex", values: ["^GET .a", "b$"] },
  "not an endpoint": { kind: "not", of: { kind: "endpoint", match: "contains", values: ["SELECT"] } },
  "span kind": { kind: "spanKind", is: "client" },
  text: either("equals", "a"),
  "text by part": either("contains", "b"),
  "text by prefix": either("prefix", "/api"),
  "text by regular expression": either("regex", "^a.?$"),
  "not a text": { kind: "not", of: either("equals", "a") },
  "another text": { kind: "attribute", key: "k", in: "span", op: "notEquals", value: "a" },
  "the empty text": { kind: "attribute", key: "k", in: "span", op: "equals", value: "" },
  true: either("equals", true),
  "not true": either("notEquals", true),
  false: { kind: "attribute", key: "rows", in: "span", op: "equals", value: false },
  "a number": { kind: "attribute", key: "rows", in: "span", op: "equals", value: 4 },
  "a fraction": { kind: "attribute", key: "rows", in: "resource", op: "equals", value: 1.5 },
  above: { kind: "attribute", key: "rows", in: "span", op: "above", value: 4 },
  "at least 0": { kind: "attribute", key: "rows", in: "span", op: "atLeast", value: 0 },
  below: { kind: "attribute", key: "rows", in: "span", op: "below", value: 4.5 },
  "at most": { kind: "attribute", key: "rows", in: "resource", op: "atMost", value: -2 },
  exists: { kind: "attribute", key: "k", in: "resource", op: "exists" },
  "one span": {
    kind: "sameSpan",
    of: {
      kind: "all",
      of: [
        { kind: "status", is: "error" },
        { kind: "not", of: { kind: "spanKind", is: "server" } },
        { kind: "latency", aboveMs: 1 },
      ],
    },
  },
  "one span's service": { kind: "sameSpan", of: { kind: "any", of: [{ kind: "service", match: "exact", values: ["cart"] }, { kind: "always" }] } },
  nested: {
    kind: "all",
    of: [
      {
        kind: "not",
        of: {
          kind: "all",
          of: [
            { kind: "status", is: "error" },
            { kind: "spanCount", atLeast: 2 },
          ],
        },
      },
      either("exists"),
    ],
  },
};

const HASH_MAX = (1n << 64n) - 1n;
/** The draw that tail_sampling takes as our randomness: FNV-1a of salt and trace id, kept where it is at most the share of 2^64. */
function hashRandomness(trace: TraceFacts): bigint {
  let hash = 0xcbf29ce484222325n;
  const bytes = Buffer.concat([Buffer.from("default-hash-seed"), Buffer.from(trace.spans[0].traceId, "hex")]);
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & HASH_MAX;
  return (HASH_MAX - hash) >> 8n;
}

/** A sentence for each trace that one of the two keeps alone. */
function differences(policy: SamplingPolicy, theirs: ReadonlySet<string> | undefined, traces: readonly TraceFacts[], randomness = hashRandomness): string[] {
  return traces.flatMap((trace) => {
    const decision = decide(trace, policy, randomness(trace));
    if (decision.keep === theirs?.has(trace.spans[0].traceId)) return [];
    const spans = trace.spans.map(({ statusCode, startUnixNano, endUnixNano, attributes, resource }) => {
      const values = [...attributes, ...resource].map(({ key, value }) => `${key}=${typeof value} ${value}`);
      return `status ${statusCode}, ${endUnixNano - startUnixNano} ns, ${values.join(", ")}`;
    });
    return [`${decision.keep ? "kept here alone" : "kept there alone"} by ${decision.tierName}: ${spans.join(" | ")}`];
  });
}

function imported(settings: Record<string, unknown>) {
  const result = importCollectorConfig(JSON.stringify(settings));
  if (!result.ok) throw new Error(result.problem.message);
  return result.processors[0];
}

const blocks = (all: Record<string, Policies>) =>
  Object.fromEntries(Object.entries(all).map(([, policies], index) => [`tail_sampling/${index}`, { policies: named(policies) }]));

describe("beside the real Collector's tail_sampling", () => {
  let folder = "";
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach((context: TestContext) => {
    const missing = missingPeers();
    if (missing) context.skip(missing);
  });

  it("the policies that an import makes of each type keep the same traces, as it runs", async () => {
    const traces = mixedTraces(1, 600);
    const theirs = await collectorDecisions(folder, blocks(EXACT), traces);
    const wrong = Object.entries(EXACT).flatMap(([name, policies], index) => {
      const { asItRuns, leftOut } = imported({ policies: named(policies) });
      if (asItRuns === null || leftOut.length > 0) return [`${name}: no policy`];
      return differences(asItRuns, theirs.get(`tail_sampling/${index}`), traces).map((sentence) => `${name}: ${sentence}`);
    });
    expect(wrong).toEqual([]);
  });

  it("where an import differs it says so, and nowhere else does it", async () => {
    const traces = mixedTraces(2, 600);
    const theirs = await collectorDecisions(
      folder,
      blocks(Object.fromEntries(Object.entries(DIFFERENT).map(([name, { policies }]) => [name, policies]))),
      traces,
    );
    for (const [index, [name, { policies, finding, alike }]] of Object.entries(DIFFERENT).entries()) {
      const { asItRuns, findings } = imported({ policies: named(policies) });
      if (asItRuns === null) throw new Error(name);
      expect([name, findings.map(({ message }) => message)]).toEqual([name, expect.arrayContaining([expect.stringMatching(finding)])]);
      const kept = theirs.get(`tail_sampling/${index}`);
      const same = traces.filter(alike);
      expect(same.length).toBeGreaterThan(100);
      expect([name, differences(asItRuns, kept, same)]).toEqual([name, []]);
      expect([name, differences(asItRuns, kept, traces).length > 0]).toEqual([name, true]);
    }
  });

  it("a whole configuration with a block that is ignored keeps the same traces as it runs, and other ones as meant", async () => {
    const traces = mixedTraces(3, 1_000);
    const theirs = await collectorDecisions(folder, { tail_sampling: parse(EXAMPLE_CONFIG).processors.tail_sampling }, traces);
    const result = importCollectorConfig(EXAMPLE_CONFIG);
    if (!result.ok) throw new Error(result.problem.message);
    const [{ asItRuns, asMeant }] = result.processors;
    if (asItRuns === null || asMeant === null) throw new Error("no policy");
    expect(differences(asItRuns, theirs.get("tail_sampling"), traces)).toEqual([]);
    expect(differences(asMeant, theirs.get("tail_sampling"), traces).length).toBeGreaterThan(0);
  });

  it("draws of different salts are independent: the share is what the import says, within five standard deviations", async () => {
    const traces = mixedTraces(4, 4_000);
    const policies = [and(status("ERROR"), share(50, "x")), share(20, "y"), share(10, "z")];
    const theirs = (await collectorDecisions(folder, { tail_sampling: { policies: named(policies) } }, traces)).get("tail_sampling");
    const { asItRuns } = imported({ policies: named(policies) });
    if (asItRuns === null) throw new Error("no policy");
    for (const withError of [true, false]) {
      const part = traces.filter(({ spans }) => spans.some(({ statusCode }) => statusCode === 2) === withError);
      const { ratio } = decide(part[0], asItRuns, 0n);
      expect(ratio).toBeCloseTo(withError ? 1 - 0.5 * 0.8 * 0.9 : 1 - 0.8 * 0.9, 12);
      const share = part.filter(({ spans }) => theirs?.has(spans[0].traceId)).length / part.length;
      expect(Math.abs(share - ratio)).toBeLessThan(5 * Math.sqrt((ratio * (1 - ratio)) / part.length));
    }
  });

  it("does not start with what a finding calls an error", async () => {
    const names = Object.keys(REFUSED);
    const told = names.map((name) => [name, imported(REFUSED[name]).findings.some(({ severity }) => severity === "error")]);
    expect(told).toEqual(names.map((name) => [name, true]));
    for (const name of names)
      expect([name, await whyNotStarted(folder, { tail_sampling: REFUSED[name] })]).toEqual([name, expect.stringContaining("did not start")]);
  });

  it("a condition of each kind is exported wholly, and the same traces are kept", async () => {
    const traces = mixedTraces(5, 600);
    const policies = Object.entries(WRITTEN).map(([name, condition]) =>
      samplingPolicySchema.parse({
        scope: "trace",
        tiers: [
          { name, condition, keep: kept(0.3) },
          { name: "default", condition: { kind: "always" }, keep: kept(0.6) },
        ],
      }),
    );
    expect(await exportedDifferences(policies, traces)).toEqual([]);
  });

  it("whatever policy the export claims to write wholly keeps the same traces", async () => {
    const traces = mixedTraces(6, 400);
    const keeps = fc.constantFrom(1, 1, 0.5, 0.1, 0).map(kept);
    const tiers = fc.array(fc.tuple(traceCondition, keeps), { minLength: 1, maxLength: 4 });
    const policies = fc.sample(tiers, { seed: 7, numRuns: 150 }).flatMap((list) => {
      const own = list.map(([condition, keep], index) => ({ name: `t${index}`, condition: condition as Condition, keep }));
      const policy = samplingPolicySchema.safeParse({ scope: "trace", tiers: [...own, { name: "default", condition: { kind: "always" }, keep: kept(0.2) }] });
      return policy.success ? [policy.data] : [];
    });
    const whole = policies.filter((policy) => exportPolicy(policy).statements.length === 0);
    expect(whole.length).toBeGreaterThan(40);
    expect(await exportedDifferences(whole, traces)).toEqual([]);
  });

  /** All of them have to be written without a statement. */
  async function exportedDifferences(policies: readonly SamplingPolicy[], traces: readonly TraceFacts[]): Promise<string[]> {
    const exported = policies.map((policy) => exportPolicy(policy));
    expect(exported.flatMap(({ statements }) => statements)).toEqual([]);
    const processors = Object.fromEntries(exported.map(({ yaml }, index) => [`tail_sampling/${index}`, parse(yaml).processors.tail_sampling]));
    const theirs = await collectorDecisions(folder, processors, traces);
    return policies.flatMap((policy, index) =>
      differences(policy, theirs.get(`tail_sampling/${index}`), traces).map((sentence) => `${policy.tiers[0].name}: ${sentence}`),
    );
  }

  it("with its gate for tracestate the same traces of a share are kept that are kept here", async () => {
    const traces = mixedTraces(7, 600, (randomness) => `ot=rv:${(randomness >> 8n).toString(16).padStart(14, "0").slice(-14)}`);
    const policy = samplingPolicySchema.parse({
      scope: "trace",
      tiers: [
        { name: "errors", condition: { kind: "status", is: "error" }, keep: kept(0.7) },
        { name: "default", condition: { kind: "always" }, keep: kept(0.1) },
      ],
    });
    const processors = { tail_sampling: parse(exportPolicy(policy).yaml).processors.tail_sampling };
    const theirs = await collectorDecisions(folder, processors, traces, { gates: "+processor.tailsamplingprocessor.usetracestate" });
    expect(differences(policy, theirs.get("tail_sampling"), traces, traceRandomness)).toEqual([]);
  });

  it("a policy of span scope with one ratio keeps the same spans as the probabilistic_sampler that it becomes", async () => {
    const traces = mixedTraces(8, 1_000);
    const ratios = [0.5, 0.07, 0.001, 1, 0];
    const policies = ratios.map((ratio) =>
      samplingPolicySchema.parse({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: kept(ratio) }] }),
    );
    const exported = policies.map((policy) => parse(exportPolicy(policy).yaml).processors.probabilistic_sampler);
    const theirs = await collectorDecisions(folder, Object.fromEntries(exported.map((block, index) => [`probabilistic_sampler/${index}`, block])), traces);
    for (const [index, policy] of policies.entries())
      expect(differences(policy, theirs.get(`probabilistic_sampler/${index}`), traces, traceRandomness)).toEqual([]);
  });

  it("an imported probabilistic_sampler keeps the same spans but those with a sampling.priority, of which a finding speaks", async () => {
    const plain = mixedTraces(9, 600);
    const priorities = [0n, 1n] as const;
    const prior = mixedTraces(10, 200).map(({ spans }, index) => ({
      spans: spans.map((span) => ({ ...span, attributes: [...span.attributes, { key: "sampling.priority", value: priorities[index % 2] }] })),
    }));
    const block = { mode: "proportional", sampling_percentage: 30, sampling_precision: 14 };
    const theirs = (await collectorDecisions(folder, { probabilistic_sampler: block }, [...plain, ...prior])).get("probabilistic_sampler");
    const { asItRuns, findings } = imported({ processors: { probabilistic_sampler: block } });
    if (asItRuns === null) throw new Error("no policy");
    expect(findings).toMatchObject([{ severity: "info", message: expect.stringContaining("sampling.priority") }]);
    expect(differences(asItRuns, theirs, plain, traceRandomness)).toEqual([]);
    expect(prior.map(({ spans }) => theirs?.has(spans[0].traceId))).toEqual(prior.map((_, index) => index % 2 === 1));
  });
});
