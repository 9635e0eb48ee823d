import { describe, expect, it } from "vitest";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { draftFromPolicy, policyInput } from "./draftPolicy.ts";
import { editPolicy } from "./editPolicy.ts";

const EVERY_KIND: SamplingPolicy = {
  scope: "span",
  tiers: [
    {
      name: "everything at once",
      condition: {
        kind: "all",
        of: [
          { kind: "status", is: "error" },
          { kind: "latency", aboveMs: 12.5 },
          {
            kind: "not",
            of: {
              kind: "any",
              of: [
                { kind: "service", match: "prefix", values: ["shop-", "pay-"] },
                { kind: "spanKind", is: "client" },
              ],
            },
          },
          { kind: "endpoint", match: "regex", values: ["^/api/"] },
          { kind: "attribute", key: "app.tenant", in: "resource", op: "equals", value: "gold" },
          { kind: "attribute", key: "retries", in: "span", op: "above", value: 2 },
          { kind: "attribute", key: "cached", in: "span", op: "notEquals", value: false },
          { kind: "attribute", key: "user", in: "span", op: "exists" },
        ],
      },
      keep: { kind: "ratio", ratio: 0.29 },
    },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.0001 } },
  ],
};

describe("a draft", () => {
  it("gives back the policy it was made from, every kind of condition included", () => {
    expect(parseOrProblems(samplingPolicySchema, policyInput(draftFromPolicy(EVERY_KIND)))).toEqual({ ok: true, value: EVERY_KIND });
  });

  it("names every tier and condition once", () => {
    const draft = draftFromPolicy(EVERY_KIND);
    const ids = [...JSON.stringify(draft.tiers).matchAll(/"id":(\d+)/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...ids.map(Number))).toBeLessThan(draft.nextId);
  });

  it("puts a number that can't be read before the schema as typed, at its path", () => {
    const start = draftFromPolicy(EVERY_KIND);
    const wrong = editPolicy(start, { kind: "keep", tierId: start.tiers[1].id, percent: "a lot" });
    expect(parseOrProblems(samplingPolicySchema, policyInput(wrong))).toEqual({
      ok: false,
      problems: [{ path: "tiers[1].keep.ratio", message: 'must be a number between 0 and 1, got "a lot"' }],
    });
  });
});
