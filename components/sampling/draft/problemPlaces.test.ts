import { describe, expect, it } from "vitest";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { draftFromPolicy, policyInput } from "./draftPolicy.ts";
import { editPolicy } from "./editPolicy.ts";
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
});
