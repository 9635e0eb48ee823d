import { describe, expect, it } from "vitest";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { type DraftPolicy, draftFromPolicy, policyInput } from "./draftPolicy.ts";
import { editPolicy } from "./editPolicy.ts";
import { TRACE_DEFAULTS } from "./traceDraft.ts";

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

const WHOLE_TRACES: SamplingPolicy = {
  scope: "trace",
  decisionWaitMs: 12_345,
  decisionWaitAfterRootMs: 500,
  tracesMax: 20_000,
  spansMax: 1_234_567,
  bytesMax: 300_000_000,
  decisionCache: { entriesMax: 5_000, ttlMs: 60_000 },
  tiers: [
    {
      name: "errors of payments in large traces",
      condition: {
        kind: "all",
        of: [
          {
            kind: "sameSpan",
            of: {
              kind: "all",
              of: [
                { kind: "status", is: "error" },
                { kind: "service", match: "exact", values: ["payments"] },
              ],
            },
          },
          { kind: "spanCount", atLeast: 1_000 },
        ],
      },
      keep: { kind: "budget", spansPerSecond: 12.5 },
    },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
  ],
};
const check = (draft: DraftPolicy) => parseOrProblems(samplingPolicySchema, policyInput(draft));

describe("a draft of whole traces", () => {
  const start = draftFromPolicy(WHOLE_TRACES);

  it("gives back the policy it was made from, to the last byte and millisecond", () => expect(check(start)).toEqual({ ok: true, value: WHOLE_TRACES }));

  it("speaks of seconds and MiB", () => {
    expect(start.trace).toMatchObject({ decisionWaitS: "12.345", decisionWaitAfterRootS: "0.5", spansMax: "1,234,567", ttlS: "60" });
    const typed = editPolicy(start, { kind: "traceSettings", patch: { decisionWaitS: "2.5", bytesMaxMib: "512", spansMax: "750000" } });
    expect(check(typed)).toMatchObject({ ok: true, value: { decisionWaitMs: 2_500, bytesMax: 536_870_912, spansMax: 750_000 } });
  });

  it("takes the default for what is left empty", () => {
    const empty = editPolicy(start, {
      kind: "traceSettings",
      patch: { decisionWaitS: "", decisionWaitAfterRootS: "", tracesMax: " ", spansMax: "", bytesMaxMib: "", entriesMax: "", ttlS: "" },
    });
    expect(check(empty)).toEqual({ ok: true, value: { scope: "trace", ...TRACE_DEFAULTS, tiers: WHOLE_TRACES.tiers } });
  });

  it("keeps what was entered for one scope while the other is looked at", () => {
    const away = editPolicy(start, { kind: "scope", to: "span" });
    expect(policyInput(away)).not.toHaveProperty("decisionWaitMs");
    expect(check(editPolicy(away, { kind: "scope", to: "trace" }))).toEqual({ ok: true, value: WHOLE_TRACES });
  });

  it("has a problem at the count of spans when it is to decide span by span", () => {
    expect(check(editPolicy(start, { kind: "scope", to: "span" }))).toMatchObject({ ok: false, problems: [{ path: "tiers[0].condition.of[1]" }] });
  });

  it("keeps the share of a tier that is given a budget, and the budget of one that is given a share", () => {
    const tierId = start.tiers[0].id;
    const share = editPolicy(start, { kind: "keepKind", tierId, to: "ratio" });
    expect(check(share)).toMatchObject({ value: { tiers: [{ keep: { kind: "ratio", ratio: 1 } }, {}] } });
    expect(check(editPolicy(share, { kind: "keepKind", tierId, to: "budget" }))).toEqual({ ok: true, value: WHOLE_TRACES });
    const first = editPolicy(start, { kind: "keepKind", tierId: start.tiers[1].id, to: "budget" });
    expect(check(first)).toMatchObject({ ok: true, value: { tiers: [{}, { keep: { kind: "budget", spansPerSecond: 100 } }] } });
  });
});

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
