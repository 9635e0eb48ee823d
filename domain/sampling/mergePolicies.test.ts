import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MergeConflict } from "../merge/mergeValue.ts";
import { mergePolicies } from "./mergePolicies.ts";
import { type SamplingPolicy, samplingPolicySchema, type Tier } from "./samplingPolicy.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const anyTier = (name: string) =>
  fc.record<Tier>({
    name: fc.constant(name),
    condition: fc.constantFrom("x", "y", "z").map((value) => ({ kind: "service" as const, match: "exact" as const, values: [`${name}${value}`] })),
    keep: fc.constantFrom(0, 0.5, 1).map((ratio) => ({ kind: "ratio" as const, ratio })),
  });
const anyDefault = fc.constantFrom(0.1, 0.2).map((ratio): Tier => ({ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } }));
const anyPolicy: fc.Arbitrary<SamplingPolicy> = fc
  .record({
    scope: fc.constantFrom("span", "trace"),
    decisionWaitMs: fc.constantFrom(5_000, 6_000, 7_000),
    tracesMax: fc.constantFrom(2_000, 3_000),
    tiers: fc.shuffledSubarray(NAMES).chain((names) => fc.tuple(...names.map(anyTier))),
    last: anyDefault,
  })
  .map(({ scope, decisionWaitMs, tracesMax, tiers, last }) =>
    samplingPolicySchema.parse({ scope, ...(scope === "trace" ? { decisionWaitMs, tracesMax } : {}), tiers: [...tiers, last] }),
  );
const sorted = (policy: SamplingPolicy | null) => policy && { ...policy, tiers: [...policy.tiers].sort((a, b) => (a.name < b.name ? -1 : 1)) };

const byId = (conflicts: MergeConflict[]) => [...conflicts].sort((a, b) => (a.id < b.id ? -1 : 1));

describe("the laws of a merge", () => {
  it("gives the other side where one changed nothing", () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, (base, changed) => {
        for (const merged of [mergePolicies(base, base, changed), mergePolicies(base, changed, base), mergePolicies(base, changed, changed)])
          expect(merged).toEqual({ body: changed, conflicts: [], problems: [] });
      }),
    );
  });

  it("is the same whoever was first, but for the order of tiers, when both choose alike", () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, anyPolicy, (base, one, other) => {
        const here = mergePolicies(base, one, other);
        const there = mergePolicies(base, other, one, Object.fromEntries(here.conflicts.map(({ id }) => [id, "theirs"])));
        const turned = here.conflicts.map(({ theirs, mine, ...rest }) => ({ ...rest, theirs: mine, mine: theirs }));
        expect(byId(there.conflicts)).toEqual(byId(turned));
        expect(sorted(there.body)).toEqual(sorted(here.body));
      }),
    );
  });

  it("ends in a policy that can be saved, or says what can't stand together", () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, anyPolicy, fc.constantFrom("theirs" as const, "mine" as const), (base, theirs, mine, side) => {
        const { conflicts } = mergePolicies(base, theirs, mine);
        const { body: policy, problems } = mergePolicies(base, theirs, mine, Object.fromEntries(conflicts.map(({ id }) => [id, side])));
        if (policy === null) expect(problems).not.toEqual([]);
        else expect(samplingPolicySchema.parse(policy)).toEqual(policy);
        expect(new Set(conflicts.map(({ id }) => id)).size).toBe(conflicts.length);
      }),
    );
  });

  it("keeps changes of both in different tiers", () => {
    fc.assert(
      fc.property(anyPolicy, fc.constantFrom(0.3, 0.7), fc.constantFrom(0.4, 0.6), (base, theirRatio, myRatio) => {
        const withRatio = (at: number, ratio: number): SamplingPolicy => ({
          ...base,
          tiers: base.tiers.map((tier, index) => (index === at ? { ...tier, keep: { kind: "ratio", ratio } } : tier)),
        });
        const last = base.tiers.length - 1;
        fc.pre(last > 0);
        const { body: policy, conflicts } = mergePolicies(base, withRatio(0, theirRatio), withRatio(last, myRatio));
        expect(conflicts).toEqual([]);
        expect(policy?.tiers.map(({ keep }) => keep)).toEqual(
          base.tiers.map(({ keep }, index) => (index === 0 ? { kind: "ratio", ratio: theirRatio } : index === last ? { kind: "ratio", ratio: myRatio } : keep)),
        );
      }),
    );
  });
});

const tier = (name: string, ratio = 1, service = name): Tier => ({
  name,
  condition: { kind: "service", match: "exact", values: [service] },
  keep: { kind: "ratio", ratio },
});
const LAST: Tier = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.1 } };
const span = (...tiers: Tier[]): SamplingPolicy => ({ scope: "span", tiers: [...tiers, LAST] });
const names = (policy: SamplingPolicy | null) => policy?.tiers.map(({ name }) => name);

describe("what a merge makes of", () => {
  it("one keep that both changed: a conflict, decided by the choice", () => {
    const parts = [span(tier("a", 0.5)), span(tier("a", 0.25)), span(tier("a", 0.75))] as const;
    const { conflicts, body: policy } = mergePolicies(...parts);
    expect(conflicts).toEqual([{ id: "tier a keep", subject: "tier “a”, keep", base: "keep 50%", theirs: "keep 25%", mine: "keep 75%" }]);
    expect(policy).toEqual(parts[2]);
    expect(mergePolicies(...parts, { "tier a keep": "theirs" }).body).toEqual(parts[1]);
  });

  it("a tier that one removed and the other changed: a conflict", () => {
    const parts = [span(tier("a", 0.5), tier("b")), span(tier("b")), span(tier("a", 0.25), tier("b"))] as const;
    expect(mergePolicies(...parts).conflicts).toMatchObject([{ subject: "tier “a”", theirs: "not there" }]);
    expect(names(mergePolicies(...parts).body)).toEqual(["a", "b", "default"]);
    expect(names(mergePolicies(...parts, { "tier a": "theirs" }).body)).toEqual(["b", "default"]);
  });

  it("a tier that one renamed and the other changed: both", () => {
    const { body: policy, conflicts } = mergePolicies(span(tier("a", 0.5)), span(tier("renamed", 0.5, "a")), span(tier("a", 0.25)));
    expect(conflicts).toEqual([]);
    expect(policy).toEqual(span(tier("renamed", 0.25, "a")));
  });

  it("tiers that each added and moves by one: each new one stays behind the tier it stood behind", () => {
    const { body: policy, conflicts } = mergePolicies(span(tier("a"), tier("b")), span(tier("b"), tier("a")), span(tier("a"), tier("new"), tier("b")));
    expect(conflicts).toEqual([]);
    expect(names(policy)).toEqual(["b", "a", "new", "default"]);
  });

  it("moves by both: a conflict about the order alone", () => {
    const parts = [span(tier("a"), tier("b"), tier("c")), span(tier("b"), tier("a"), tier("c")), span(tier("a"), tier("c"), tier("b"))] as const;
    expect(mergePolicies(...parts).conflicts).toEqual([
      { id: "order", subject: "order of the tiers", base: "a, b, c, default", theirs: "b, a, c, default", mine: "a, c, b, default" },
    ]);
    expect(names(mergePolicies(...parts, { order: "theirs" }).body)).toEqual(["b", "a", "c", "default"]);
  });

  it("two tiers that came to one name: the later one gets a number", () => {
    const { body: policy } = mergePolicies(span(tier("a")), span(tier("b", 1, "a")), span(tier("a"), tier("b", 1, "other")));
    expect(names(policy)).toEqual(["b", "b 2", "default"]);
  });

  it("whole traces on one side and a longer wait on neither: the scope and its settings", () => {
    const trace = samplingPolicySchema.parse({ scope: "trace", decisionWaitMs: 3_000, tiers: [LAST] });
    expect(mergePolicies(span(), trace, span(tier("a"))).body).toEqual({ ...trace, tiers: [tier("a"), LAST] });
  });

  it("a condition that needs whole traces where the other side went to single spans: no policy, and why", () => {
    const trace = samplingPolicySchema.parse({ scope: "trace", tiers: [LAST] });
    const counting: SamplingPolicy = { ...trace, tiers: [{ name: "many", condition: { kind: "spanCount", atLeast: 3 }, keep: LAST.keep }, LAST] };
    const { body: policy, problems } = mergePolicies(trace, span(), counting);
    expect(policy).toBeNull();
    expect(problems.map(({ path }) => path)).toEqual(["tiers[0].condition"]);
  });
});
