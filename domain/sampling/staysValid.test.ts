import fc from "fast-check";
import { expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { ATOMS_MAX, type SamplingPolicy, samplingPolicySchema, type Tier } from "./samplingPolicy.ts";
import { staysValid } from "./staysValid.ts";

const error: Condition = { kind: "status", is: "error" };
const many = (atoms: number): Condition => ({ kind: "any", of: Array.from({ length: atoms }, (_, at): Condition => ({ kind: "latency", aboveMs: at + 1 })) });
const condition = fc.constantFrom<Condition>(
  error,
  { kind: "always" },
  { kind: "latency", aboveMs: -1 },
  { kind: "spanCount", atLeast: 2 },
  { kind: "sameSpan", of: error },
  { kind: "endpoint", match: "regex", values: ["("] },
  many(ATOMS_MAX / 2),
  many(ATOMS_MAX / 2 + 1),
);
const tier: fc.Arbitrary<Tier> = fc.record({
  name: fc.constantFrom("a", "b", "c", "", "x".repeat(65)),
  condition,
  keep: fc.constantFrom<Tier["keep"]>({ kind: "ratio", ratio: 0.5 }, { kind: "ratio", ratio: 2 }, { kind: "budget", spansPerSecond: 5 }),
});

it("says of a policy that was made from a valid one what the schema says of it", () => {
  const last: Tier = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } };
  const from = samplingPolicySchema.parse({ scope: "trace", tiers: [{ ...last, name: "kept", condition: error }, last] }) as SamplingPolicy & {
    scope: "trace";
  };
  const outcomes = new Set<boolean>();
  fc.assert(
    fc.property(
      fc.array(fc.oneof(tier, fc.constantFrom(...from.tiers)), { maxLength: 4 }),
      fc.boolean(),
      fc.constantFrom(1, 40_000, 1e12),
      (tiers, withLast, wait) => {
        const made = { ...from, decisionWaitMs: wait === 1 ? from.decisionWaitMs : wait, tiers: withLast ? [...tiers, last] : tiers };
        const wanted = samplingPolicySchema.safeParse(made).success;
        outcomes.add(wanted);
        expect(staysValid(from, made)).toBe(wanted);
        const spans: SamplingPolicy = { scope: "span", tiers: made.tiers };
        expect(staysValid(from, spans)).toBe(samplingPolicySchema.safeParse(spans).success);
      },
    ),
    { numRuns: 500 },
  );
  expect(outcomes.size).toBe(2);
});
