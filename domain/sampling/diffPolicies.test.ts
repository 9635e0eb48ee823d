import fc from "fast-check";
import { expect, it } from "vitest";
import { diffPolicies } from "./diffPolicies.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

const policyOf = (names: readonly number[]): SamplingPolicy => ({
  scope: "span",
  tiers: names.map((name) => ({ name: `t${name}`, condition: { kind: "service", match: "exact", values: [`s${name}`] }, keep: { kind: "ratio", ratio: 1 } })),
});

/** The length of the longest rising subsequence, by its definition. */
function longestRising(order: readonly number[]): number {
  const best: number[] = [];
  for (const [index, value] of order.entries()) best.push(1 + Math.max(0, ...best.filter((_, earlier) => earlier < index && order[earlier] < value)));
  return Math.max(0, ...best);
}

it("calls as few tiers moved as there can be", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 12 }).chain((names) => fc.tuple(fc.constant(names), fc.shuffledSubarray(names))),
      ([before, after]) => {
        const differences = diffPolicies(policyOf(before), policyOf(after));
        const stayed = after.map((name) => before.indexOf(name));
        expect(differences.filter(({ kind }) => kind === "moved")).toHaveLength(after.length - longestRising(stayed));
        expect(differences.filter(({ kind }) => kind === "removed")).toHaveLength(before.length - after.length);
      },
    ),
  );
});
