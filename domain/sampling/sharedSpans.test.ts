import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import type { OverlapFigures } from "./overlaps.ts";
import { trafficHints } from "./policyHints.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";
import { sharedInWords, sharedSpans } from "./sharedSpans.ts";

const error: Condition = { kind: "status", is: "error" };
const slow: Condition = { kind: "latency", aboveMs: 500 };
const pay: Condition = { kind: "endpoint", match: "contains", values: ["/pay"] };
const tier = (name: string, condition: Condition, ratio: number): Tier => ({ name, condition, keep: { kind: "ratio", ratio } });
const policy = (...tiers: Tier[]): SamplingPolicy => ({ scope: "span", tiers: [...tiers, tier("default", { kind: "always" }, 0.1)] });
const running = policy(tier("errors", error, 0.1), tier("slow", slow, 0.5), tier("payments", pay, 1));
const figures: OverlapFigures = {
  hash: "h",
  windowMs: 30_000,
  spans: 20_000,
  lookedAt: 2_000,
  pairs: [
    { first: 0, second: 2, lookedAt: 60, spans: 600 },
    { first: 0, second: 1, lookedAt: 19, spans: 190 },
    { first: 1, second: 2, lookedAt: 100, spans: 1_000 },
  ],
  pairsLeftOut: 0,
};

describe("shared spans", () => {
  it("are told for tiers that run, wherever they stand in the draft and however they are called there", () => {
    const draft = policy(tier("payments first", pay, 1), tier("new", { kind: "spanKind", is: "server" }, 1), tier("errors", error, 0.1));
    expect(sharedSpans(draft, running, figures)).toEqual([{ first: 0, second: 2, perMin: 1_200, ofPerMin: 40_000, lookedAt: 2_000, isWhole: false }]);
    expect(sharedSpans(running, running, figures).map(({ first, second }) => [first, second])).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });

  it("are not told where conditions mean something else than what runs", () => {
    const waits = { decisionWaitMs: 1_000, decisionWaitAfterRootMs: 100, tracesMax: 1, spansMax: 1, bytesMax: 1, decisionCache: { entriesMax: 1, ttlMs: 1 } };
    const traces: SamplingPolicy = { ...waits, scope: "trace", tiers: running.tiers };
    expect(sharedSpans(traces, running, figures)).toEqual([]);
    expect(sharedSpans({ ...traces, decisionWaitMs: 2_000 }, traces, figures)).toEqual([]);
    expect(sharedSpans({ ...traces, spansMax: 2 }, traces, figures)).toHaveLength(2);
  });

  it("are said with how many were looked at, and as they are where that was all", () => {
    const [, pair] = sharedSpans(running, running, figures);
    expect(sharedInWords(pair)).toBe("about 1,200 of 40,000 spans a minute (2,000 looked at)");
    const [whole] = sharedSpans(running, running, { ...figures, lookedAt: 20_000, pairs: [{ first: 0, second: 1, lookedAt: 7, spans: 7 }] });
    expect(sharedInWords(whole)).toBe("14 of 40,000 spans a minute (all looked at)");
  });

  it("make a hint where the tier that comes first keeps less, and moving the other before it takes the hint away", () => {
    const shared = sharedSpans(running, running, figures);
    const hints = trafficHints(running, { shared });
    expect(hints.map(({ path, message }) => [path, message])).toEqual([
      ["tiers[2].condition", '"slow" takes what "payments" would keep more of: about 2,000 of 40,000 spans a minute (2,000 looked at) match both'],
      ["tiers[2].condition", '"errors" takes what "payments" would keep more of: about 1,200 of 40,000 spans a minute (2,000 looked at) match both'],
    ]);
    const [mend] = hints[1].mends;
    expect(mend).toMatchObject({
      label: "Move payments before errors",
      changes: "These spans are then kept as payments has it: 100% instead of 10%. It takes what it shares with the tiers between as well.",
    });
    expect(mend.policy.tiers.map(({ name }) => name)).toEqual(["payments", "errors", "slow", "default"]);
    expect(trafficHints(mend.policy, { shared: sharedSpans(mend.policy, running, figures) })).toEqual([]);
  });

  it("make no hint where one is an exception of the other, or a budget may keep as much", () => {
    const narrow = policy(tier("failed payments", { kind: "all", of: [error, pay] }, 0.1), tier("payments", pay, 1));
    const pair = { first: 0, second: 1, perMin: 100, ofPerMin: 1_000, lookedAt: 1_000, isWhole: true };
    expect(trafficHints(narrow, { shared: [pair] })).toEqual([]);
    const budget = { ...tier("slow", slow, 1), keep: { kind: "budget" as const, spansPerSecond: 5 } };
    expect(trafficHints(policy(tier("errors", error, 0.1), budget), { shared: [pair] })).toEqual([]);
    expect(trafficHints(policy(budget, tier("errors", error, 0.9)), { shared: [pair] })).toEqual([]);
    expect(trafficHints(policy(budget, tier("errors", error, 1)), { shared: [pair] })).toHaveLength(1);
  });
});
