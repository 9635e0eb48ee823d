import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";
import { TRAFFIC_GAP_MAX_MS, tierKeySchema, tierKeys, tierSilence } from "./tierSilence.ts";

const slow = (aboveMs: number): Condition => ({ kind: "latency", aboveMs });
const tier = (name: string, condition: Condition, ratio = 1): Tier => ({ name, condition, keep: { kind: "ratio", ratio } });
const policy = (...tiers: Tier[]): SamplingPolicy => ({ scope: "span", tiers: [...tiers, tier("default", { kind: "always" })] });

describe("the key of a tier", () => {
  const [a, b, c] = [tier("a", slow(900)), tier("b", slow(500)), tier("c", slow(100))];

  it("stays the same for another ratio or name, and for another order of the tiers before it", () => {
    const keys = tierKeys(policy(a, b, c));
    expect(tierKeys(policy(tier("other", slow(900), 0.5), b, c))).toEqual(keys);
    expect(tierKeys(policy(b, a, c))[2]).toBe(keys[2]);
    expect(keys.every((key) => tierKeySchema.safeParse(key).success)).toBe(true);
    expect(new Set(keys).size).toBe(4);
  });

  it("changes with what the tier or one before it matches, and with how long traces are waited for", () => {
    const keys = tierKeys(policy(a, b, c));
    expect(tierKeys(policy(a, tier("b", slow(400)), c)).map((key, at) => key === keys[at])).toEqual([true, false, false, false]);
    expect(tierKeys(policy(b, a, c))[0]).not.toBe(keys[0]);
    const bounds = { tracesMax: 1, spansMax: 1, bytesMax: 1, decisionCache: { entriesMax: 1, ttlMs: 1 } };
    const traces = (decisionWaitMs: number): SamplingPolicy => ({ scope: "trace", decisionWaitMs, decisionWaitAfterRootMs: 1, ...bounds, tiers: [a] });
    expect(tierKeys(traces(1000))).not.toEqual(tierKeys(traces(2000)));
  });
});

describe("silence", () => {
  const key = "0".repeat(32);
  it("lasts from the last match, or since it was watched, to when it was told of last", () => {
    expect(tierSilence({ key, sinceMs: 100, untilMs: 900, lastMatchedMs: null }, 950)).toEqual({ silentMs: 800, measuredSinceMs: 100 });
    expect(tierSilence({ key, sinceMs: 100, untilMs: 900, lastMatchedMs: 600 }, 950)).toEqual({ silentMs: 300, measuredSinceMs: 100 });
    expect(tierSilence({ key, sinceMs: 100, untilMs: 900, lastMatchedMs: 900 }, 950)).toBeNull();
  });

  it("is not known of a tier that nothing was heard of lately", () => {
    expect(tierSilence({ key, sinceMs: 100, untilMs: 900, lastMatchedMs: null }, 901 + TRAFFIC_GAP_MAX_MS)).toBeNull();
  });
});
