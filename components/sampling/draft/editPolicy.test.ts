import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { type DraftCondition, type DraftPolicy, draftFromPolicy, policyInput } from "./draftPolicy.ts";
import { canUnwrap, childrenOf, isInSameSpan } from "./editCondition.ts";
import { type ConditionEdit, editPolicy } from "./editPolicy.ts";

const POLICY: SamplingPolicy = {
  scope: "span",
  tiers: [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
    { name: "slow", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
    { name: "important", condition: { kind: "endpoint", match: "contains", values: ["/api/pay"] }, keep: { kind: "ratio", ratio: 0.5 } },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
  ],
};
const start = draftFromPolicy(POLICY);
const names = (draft: DraftPolicy) => draft.tiers.map((tier) => tier.name);

/** The condition of tier 0 without the ids, after `edits`; each edit says where it goes by picking a condition. */
function conditionAfter(...edits: [(root: DraftCondition) => number, ConditionEdit][]): DraftCondition {
  let draft = start;
  for (const [pick, edit] of edits) {
    draft = editPolicy(draft, { kind: "condition", tierId: start.tiers[0].id, conditionId: pick(draft.tiers[0].condition), edit });
  }
  return draft.tiers[0].condition;
}
const root = (condition: DraftCondition) => condition.id;
const child = (index: number) => (condition: DraftCondition) => childrenOf(condition)[index].id;
const shape = (condition: DraftCondition): unknown => {
  const children = childrenOf(condition);
  return children.length === 0 ? condition.kind : [condition.kind, ...children.map(shape)];
};

describe("the order of tiers", () => {
  it("moves a tier up and down", () => {
    expect(names(editPolicy(start, { kind: "moveTier", tierId: start.tiers[2].id, to: 0 }))).toEqual(["important", "errors", "slow", "default"]);
    expect(names(editPolicy(start, { kind: "moveTier", tierId: start.tiers[0].id, to: 1 }))).toEqual(["slow", "errors", "important", "default"]);
  });

  it("keeps the default last, whatever is asked", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.integer({ min: -3, max: 9 })), { maxLength: 20 }), (moves) => {
        let draft = start;
        for (const [index, to] of moves) draft = editPolicy(draft, { kind: "moveTier", tierId: draft.tiers[index % draft.tiers.length].id, to });
        expect(draft.tiers.at(-1)?.name).toBe("default");
        expect([...names(draft)].sort()).toEqual([...names(start)].sort());
      }),
    );
  });

  it("neither removes, copies nor conditions the default tier", () => {
    const tierId = start.tiers[3].id;
    expect(editPolicy(start, { kind: "removeTier", tierId })).toBe(start);
    expect(editPolicy(start, { kind: "duplicateTier", tierId })).toBe(start);
    expect(editPolicy(start, { kind: "condition", tierId, conditionId: start.tiers[3].condition.id, edit: { kind: "change", to: "status" } })).toBe(start);
  });

  it("adds a tier before the default, under a name that is free", () => {
    const twice = editPolicy(editPolicy(start, { kind: "addTier" }), { kind: "addTier" });
    expect(names(twice)).toEqual(["errors", "slow", "important", "new tier", "new tier 2", "default"]);
  });

  it("copies a tier beside it, with ids of its own", () => {
    const copied = editPolicy(start, { kind: "duplicateTier", tierId: start.tiers[0].id });
    expect(names(copied)).toEqual(["errors", "errors 2", "slow", "important", "default"]);
    const ids = [...JSON.stringify(copied.tiers).matchAll(/"id":(\d+)/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a condition", () => {
  it("becomes any-of or all-of when another is added with or, or with and", () => {
    expect(shape(conditionAfter([root, { kind: "add", leaf: "latency", joinedBy: "any" }]))).toEqual(["any", "status", "latency"]);
    expect(shape(conditionAfter([root, { kind: "add", leaf: "latency", joinedBy: "all" }]))).toEqual(["all", "status", "latency"]);
  });

  it("keeps and inside or: a member joined with and becomes a group of its own", () => {
    const mixed = conditionAfter([root, { kind: "add", leaf: "latency", joinedBy: "any" }], [child(1), { kind: "add", leaf: "service", joinedBy: "all" }]);
    expect(shape(mixed)).toEqual(["any", "status", ["all", "latency", "service"]]);
  });

  it("takes a further one into the group, whether asked at the group or at a member", () => {
    const atGroup = conditionAfter([root, { kind: "wrap", in: "all" }], [root, { kind: "add", leaf: "service", joinedBy: "all" }]);
    const atMember = conditionAfter([root, { kind: "wrap", in: "all" }], [child(0), { kind: "add", leaf: "service", joinedBy: "all" }]);
    expect(shape(atGroup)).toEqual(["all", "status", "service"]);
    expect(shape(atMember)).toEqual(["all", "status", "service"]);
  });

  it("nests: all of (status, not (any of ...))", () => {
    const nested = conditionAfter(
      [root, { kind: "wrap", in: "all" }],
      [root, { kind: "add", leaf: "service", joinedBy: "all" }],
      [child(1), { kind: "wrap", in: "not" }],
      [(condition) => childrenOf(childrenOf(condition)[1])[0].id, { kind: "add", leaf: "latency", joinedBy: "any" }],
    );
    expect(shape(nested)).toEqual(["all", "status", ["not", ["any", "service", "latency"]]]);
  });

  it("leaves the last member in place of a group that lost the others", () => {
    expect(shape(conditionAfter([root, { kind: "add", leaf: "latency", joinedBy: "any" }], [child(0), { kind: "remove" }]))).toBe("latency");
  });

  it("stays when it is the only one", () => {
    expect(shape(conditionAfter([root, { kind: "remove" }]))).toBe("status");
    expect(shape(conditionAfter([root, { kind: "wrap", in: "not" }], [child(0), { kind: "remove" }]))).toEqual(["not", "status"]);
  });

  it("unwraps a group into the one around it, and never loses a member", () => {
    const nested = conditionAfter(
      [root, { kind: "wrap", in: "all" }],
      [root, { kind: "add", leaf: "service", joinedBy: "all" }],
      [child(1), { kind: "wrap", in: "any" }],
      [child(1), { kind: "add", leaf: "latency", joinedBy: "any" }],
    );
    expect(shape(nested)).toEqual(["all", "status", ["any", "service", "latency"]]);
    expect(canUnwrap(nested, nested.id)).toBe(false);
    expect(canUnwrap(nested, childrenOf(nested)[1].id)).toBe(true);
    const flat = conditionAfter(
      [root, { kind: "wrap", in: "all" }],
      [root, { kind: "add", leaf: "service", joinedBy: "all" }],
      [child(1), { kind: "wrap", in: "any" }],
      [child(1), { kind: "add", leaf: "latency", joinedBy: "any" }],
      [child(1), { kind: "unwrap" }],
    );
    expect(shape(flat)).toEqual(["all", "status", "service", "latency"]);
  });

  it("keeps the members when all becomes any, and goes into the group when a single one becomes all", () => {
    expect(shape(conditionAfter([root, { kind: "add", leaf: "latency", joinedBy: "any" }], [root, { kind: "change", to: "all" }]))).toEqual([
      "all",
      "status",
      "latency",
    ]);
    expect(shape(conditionAfter([root, { kind: "change", to: "not" }]))).toEqual(["not", "status"]);
    expect(shape(conditionAfter([root, { kind: "add", leaf: "latency", joinedBy: "any" }], [root, { kind: "change", to: "not" }]))).toEqual([
      "not",
      ["any", "status", "latency"],
    ]);
  });

  it("keeps the values when endpoint becomes service", () => {
    const draft = editPolicy(start, {
      kind: "condition",
      tierId: start.tiers[2].id,
      conditionId: start.tiers[2].condition.id,
      edit: { kind: "change", to: "service" },
    });
    expect(draft.tiers[2].condition).toMatchObject({ kind: "service", match: "contains", values: ["/api/pay"] });
  });

  it("lets the comparison decide the type of an attribute's value", () => {
    const numeric = conditionAfter([root, { kind: "change", to: "attribute" }], [root, { kind: "patch", patch: { key: "retries", op: "above", value: "3" } }]);
    expect(numeric).toMatchObject({ op: "above", valueType: "number", value: "3" });
    const boolean = conditionAfter([root, { kind: "change", to: "attribute" }], [root, { kind: "patch", patch: { valueType: "boolean" } }]);
    expect(boolean).toMatchObject({ valueType: "boolean", value: "true" });
  });
});

describe("any sequence of edits", () => {
  const edits: ConditionEdit[] = [
    { kind: "add", leaf: "latency", joinedBy: "any" },
    { kind: "add", leaf: "spanKind", joinedBy: "any" },
    { kind: "wrap", in: "all" },
    { kind: "wrap", in: "any" },
    { kind: "wrap", in: "not" },
    { kind: "unwrap" },
    { kind: "remove" },
    { kind: "change", to: "status" },
    { kind: "change", to: "not" },
    { kind: "change", to: "any" },
  ];
  it("leaves a tree that the schema takes, up to its depth and number of comparisons, with ids that are unique", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...edits), fc.nat(20)), { maxLength: 25 }), (steps) => {
        let draft = start;
        for (const [edit, at] of steps) {
          const all = flatten(draft.tiers[0].condition);
          draft = editPolicy(draft, { kind: "condition", tierId: start.tiers[0].id, conditionId: all[at % all.length].id, edit });
          const ids = flatten(draft.tiers[0].condition).map((condition) => condition.id);
          expect(new Set(ids).size).toBe(ids.length);
        }
        const parsed = parseOrProblems(samplingPolicySchema, policyInput(draft));
        if (!parsed.ok) for (const problem of parsed.problems) expect(problem.message).toMatch(/nested at most|comparisons in all/);
      }),
    );
  });
});

function flatten(condition: DraftCondition): DraftCondition[] {
  return [condition, ...childrenOf(condition).flatMap(flatten)];
}

describe("one span with", () => {
  const sameSpan = () => conditionAfter([root, { kind: "add", leaf: "service", joinedBy: "all" }], [root, { kind: "wrap", in: "sameSpan" }]);

  it("holds what is put into it, and gives it back", () => {
    expect(shape(sameSpan())).toEqual(["sameSpan", ["all", "status", "service"]]);
    expect(shape(conditionAfter([root, { kind: "wrap", in: "sameSpan" }], [root, { kind: "unwrap" }]))).toBe("status");
  });

  it("knows what stands inside of it, at any depth", () => {
    const condition = sameSpan();
    const [group] = childrenOf(condition);
    expect(isInSameSpan(condition, condition.id)).toBe(false);
    expect(isInSameSpan(condition, group.id)).toBe(true);
    expect(isInSameSpan(condition, childrenOf(group)[1].id)).toBe(true);
  });

  it("goes with the last condition in it", () => {
    const beside = conditionAfter(
      [root, { kind: "add", leaf: "latency", joinedBy: "any" }],
      [child(0), { kind: "wrap", in: "sameSpan" }],
      [(condition) => childrenOf(childrenOf(condition)[0])[0].id, { kind: "remove" }],
    );
    expect(shape(beside)).toBe("latency");
  });

  it("stays one condition among others: joined beside it, not spliced into a group by unwrapping what can't be", () => {
    const condition = sameSpan();
    const [group] = childrenOf(condition);
    expect(canUnwrap(condition, group.id)).toBe(false);
    expect(canUnwrap(condition, condition.id)).toBe(true);
  });
});

describe("replacing the whole policy", () => {
  it("takes the other one, and keeps what was entered for whole traces while single spans are decided", () => {
    const waiting = editPolicy(start, { kind: "traceSettings", patch: { decisionWaitS: "42" } });
    const other: SamplingPolicy = { ...POLICY, tiers: POLICY.tiers.slice(1) };
    const replaced = editPolicy(waiting, { kind: "replace", policy: other });
    expect(policyInput(replaced)).toEqual(other);
    expect(replaced.trace.decisionWaitS).toBe("42");
    const trace = samplingPolicySchema.parse({ scope: "trace", decisionWaitMs: 7_000, tiers: other.tiers });
    expect(policyInput(editPolicy(waiting, { kind: "replace", policy: trace }))).toEqual(trace);
  });
});
