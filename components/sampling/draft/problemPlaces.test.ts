import { describe, expect, it } from "vitest";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { draftFromPolicy, policyInput } from "./draftPolicy.ts";
import { editPolicy, type PolicyEdit } from "./editPolicy.ts";
import { describeProblem, fieldId, formPath, pathAndAncestors, problemsByPath } from "./problemPlaces.ts";

const draft = draftFromPolicy({
  scope: "span",
  tiers: [
    { name: "health", condition: { kind: "endpoint", match: "regex", values: ["^/ready$"] }, keep: { kind: "ratio", ratio: 0 } },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } },
  ],
});

describe("problems in the form", () => {
  it("stand at the path of their field, the server's and the form's alike", () => {
    const problem = { path: "tiers[0].name", message: "must not be empty" };
    expect(problemsByPath([problem, { ...problem, path: "body.tiers[0].name" }, { ...problem, path: "sampling.tiers[0].name" }])).toEqual(
      new Map([["tiers[0].name", ["must not be empty"]]]),
    );
    expect(formPath("body")).toBe("");
  });

  it("speak of per cent at the keep field", () => {
    const edited = editPolicy(draft, { kind: "keep", tierId: draft.tiers[0].id, percent: "150" });
    const parsed = parseOrProblems(samplingPolicySchema, policyInput(edited));
    expect(parsed.ok ? [] : parsed.problems.map((problem) => describeProblem(problem, edited))).toEqual([
      "Tier 1 “health”, keep: must be between 0 and 100\u00a0%",
    ]);
  });

  it("name the tier, the part and what is wrong for an invalid expression", () => {
    const edited = editPolicy(draft, {
      kind: "condition",
      tierId: draft.tiers[0].id,
      conditionId: draft.tiers[0].condition.id,
      edit: { kind: "patch", patch: { values: ["(unclosed"] } },
    });
    const parsed = parseOrProblems(samplingPolicySchema, policyInput(edited));
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.problems[0].path).toBe("tiers[0].condition.values[0]");
    expect(describeProblem(parsed.problems[0], edited)).toMatch(/^Tier 1 “health”, condition: must be a valid RE2 regular expression/);
  });

  it("find the nearest field that exists", () => {
    expect(pathAndAncestors("tiers[2].condition.of[1].values[0]")).toEqual([
      "tiers[2].condition.of[1].values[0]",
      "tiers[2].condition.of[1].values",
      "tiers[2].condition.of[1]",
      "tiers[2].condition.of",
      "tiers[2].condition",
      "tiers[2]",
      "tiers",
      "",
    ]);
  });

  it("give different fields different ids", () => {
    expect(fieldId("tiers[1].keep.ratio")).toBe("field-tiers-1-keep-ratio");
    expect(fieldId("tiers[11].keep.ratio")).not.toBe(fieldId("tiers[1].keep.ratio"));
  });

  it("say what concerns the whole policy without a tier", () => {
    expect(describeProblem({ path: "tiers", message: "must have at most 64 tiers" }, draft)).toBe("Must have at most 64 tiers");
  });

  it("speak of seconds, MiB and spans per second where the fields do", () => {
    const trace = editPolicy(draft, { kind: "scope", to: "trace" });
    const said = (edit: PolicyEdit, from = trace) => {
      const edited = editPolicy(from, edit);
      const parsed = parseOrProblems(samplingPolicySchema, policyInput(edited));
      return parsed.ok ? [] : parsed.problems.map((problem) => describeProblem(problem, edited));
    };
    expect(said({ kind: "traceSettings", patch: { decisionWaitS: "0.001", decisionWaitAfterRootS: "0" } })).toEqual([
      "Decision wait: must be between 0.01 and 3,600\u00a0s",
    ]);
    expect(said({ kind: "traceSettings", patch: { decisionWaitS: "ten" } })).toEqual([
      "Decision wait: must be a number of seconds, with three decimals at most",
    ]);
    expect(said({ kind: "traceSettings", patch: { decisionWaitAfterRootS: "11" } })).toEqual([
      "Wait after the root: must be at most the decision wait, 10\u00a0s",
    ]);
    expect(said({ kind: "traceSettings", patch: { bytesMaxMib: "8" } })).toEqual([
      expect.stringMatching(/^Memory of waiting spans: must be between \d\d and 65,536\u00a0MiB$/),
    ]);
    expect(said({ kind: "traceSettings", patch: { tracesMax: "12" } })).toEqual(["Traces that may wait: must be between 1,000 and 10,000,000 traces"]);
    expect(said({ kind: "traceSettings", patch: { ttlS: "0.5" } })).toEqual(["How long a decision is remembered: must be between 1 and 86,400\u00a0s"]);
    const budget = editPolicy(trace, { kind: "keepKind", tierId: draft.tiers[0].id, to: "budget" });
    expect(said({ kind: "keepPerS", tierId: draft.tiers[0].id, perS: "0" }, budget)).toEqual([
      "Tier 1 “health”, keep: must be between 0.1 and 10,000,000\u00a0spans/s",
    ]);
    expect(
      describeProblem({ path: "sampling.bytesMax", message: "must be at least 33554432, twice pipeline.receive.requestBytesMax, got 16777216" }, trace),
    ).toBe("Memory of waiting spans: must be at least 32\u00a0MiB, twice the largest request that is received");
  });

  it("call the scope and the same span by the form's words", () => {
    expect(describeProblem({ path: "tiers[0].condition", message: "counts the spans of a trace; set scope: trace, or remove it" }, draft)).toBe(
      "Tier 1 “health”, condition: counts the spans of a trace; decide whole traces, or remove it",
    );
  });
});
