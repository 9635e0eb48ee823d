import { expect, it } from "vitest";
import type { SamplingPolicy, Tier } from "#domain/sampling/samplingPolicy.ts";
import { followSilence, silentMs } from "./followSilence.ts";

const tier = (name: string, aboveMs: number): Tier => ({ name, condition: { kind: "latency", aboveMs }, keep: { kind: "ratio", ratio: 1 } });
const policy: SamplingPolicy = { scope: "span", tiers: [tier("a", 900), tier("b", 500), { ...tier("default", 0), condition: { kind: "always" } }] };

it("counts from when a tier was first seen to match nothing, until it matches something or is another one", () => {
  let since = followSilence(new Map(), policy, [0, 0, 5], 100_000);
  since = followSilence(since, policy, [0, 3, 5], 150_000);
  expect(silentMs(since, policy, 150_000)).toEqual([60_000, null, null]);
  since = followSilence(since, policy, [0, 0, 5], 160_000);
  expect(silentMs(since, policy, 160_000)).toEqual([70_000, 10_000, null]);
  const other = { ...policy, tiers: [tier("a", 800), ...policy.tiers.slice(1)] };
  expect(silentMs(since, other, 160_000)).toEqual([null, null, null]);
});

it("knows nothing while there is no traffic, and of a tier whose rate is not known", () => {
  const since = followSilence(new Map(), policy, [0, null, 5], 100_000);
  expect(silentMs(since, policy, 100_000)).toEqual([10_000, null, null]);
  expect(followSilence(since, policy, [0, 0, 0], 101_000).size).toBe(0);
});
