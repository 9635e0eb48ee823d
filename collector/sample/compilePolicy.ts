import { KEEP_ALL_TIER, type KeepAllRule } from "#domain/fleet/keepAll.ts";
import { BudgetRatio } from "#domain/sampling/budgetRatio.ts";
import type { Condition } from "#domain/sampling/condition.ts";
import type { Keep } from "#domain/sampling/keep.ts";
import { overlapHash } from "#domain/sampling/overlaps.ts";
import { type SamplingPolicy, TIERS_MAX } from "#domain/sampling/samplingPolicy.ts";
import { ratioToThreshold } from "#domain/sampling/threshold.ts";
import { WireMatcher } from "../otlp/wireMatcher.ts";
import type { NumberedAtom } from "./atom.ts";
import { compileConditions } from "./compileConditions.ts";
import { bitsOf } from "./numberAtoms.ts";
import { OverlapCounter } from "./overlapCounter.ts";
import { tierThreshold } from "./tierThreshold.ts";

/** `budget`: of a tier that keeps at most so many spans a second; it moves the matcher's threshold, and `inForce` is the one that stands there. */
export type CompiledTier = { name: string; condition: Condition; keep: Keep; budget: BudgetRatio | undefined; inForce: bigint };

/** A policy made ready for the scan. Holds scratch memory: one scan at a time. */
export type CompiledPolicy = {
  policy: SamplingPolicy;
  /** What keeps everything that matches, in force beside the policy: as many as found a place. Their tiers come first. */
  keepAll: readonly KeepAllRule[];
  tiers: readonly CompiledTier[];
  matcher: WireMatcher;
  atoms: readonly NumberedAtom[];
  /** By tier: the bits of the comparisons that its condition is made of. */
  bitsOfTier: readonly (readonly number[])[];
  hasBudgets: boolean;
  /** How many spans its tiers share, since it runs. */
  overlaps: OverlapCounter;
};

/**
 * Compiles once what every span or trace is then decided by; the policy has been through its schema. `wanted` stands before the policy's tiers, as far as
 * there is room: they are 64 in all.
 */
export function compilePolicy(policy: SamplingPolicy, wanted: readonly KeepAllRule[] = []): CompiledPolicy {
  const keepAll = wanted.slice(0, TIERS_MAX - policy.tiers.length);
  const extraTiers = keepAll.map(({ condition }) => ({
    name: KEEP_ALL_TIER,
    condition: onOneSpan(condition),
    keep: { kind: "ratio" as const, ratio: 1 },
  }));
  const tiers = [...extraTiers, ...policy.tiers].map(({ name, condition, keep }) => ({
    name,
    condition,
    keep,
    budget: keep.kind === "budget" ? new BudgetRatio(keep.spansPerSecond) : undefined,
    inForce: keep.kind === "ratio" ? ratioToThreshold(keep.ratio) : 0n,
  }));
  const { atoms, ...conditions } = compileConditions(
    tiers.map((tier) => tier.condition),
    policy.scope,
    extraTiers.length,
  );
  const matcher = new WireMatcher({
    ...conditions,
    atoms: atoms.length,
    extraTiers: extraTiers.length,
    tiers: tiers.map(({ inForce }) => tierThreshold(inForce)),
  });
  const bitsOfTier = tiers.map(({ condition }) => bitsOf(condition, policy.scope, atoms));
  const overlaps = new OverlapCounter(() => overlapHash(policy), policy.tiers.length);
  return { policy, keepAll, tiers, matcher, atoms, bitsOfTier, hasBudgets: tiers.some((tier) => tier.budget !== undefined), overlaps };
}

/** Of several comparisons one span must fulfil all, whatever other spans its trace has. */
function onOneSpan(condition: Condition): Condition {
  return condition.kind === "all" ? { kind: "sameSpan", of: condition } : condition;
}

/**
 * A budget tier goes on with what it learnt where the policy before had the same one: a new version does not begin with everything kept, and what still
 * waits under the old one spends from the same budget.
 */
export function carryBudgets(before: CompiledPolicy, after: CompiledPolicy): void {
  for (const [index, tier] of after.tiers.entries()) {
    const same = before.tiers.find((old) => old.name === tier.name)?.budget;
    if (same === undefined || same.spansPerSecond !== tier.budget?.spansPerSecond) continue;
    tier.budget = same;
    putInForce(after, index);
  }
}

/** So many spans of a tier have come in one request and are decided together: true when that lowered the tier's ratio, before they are. */
export function announceToBudget(compiled: CompiledPolicy, tier: number, spans: number): boolean {
  if (!compiled.tiers[tier].budget?.announce(spans)) return false;
  putInForce(compiled, tier);
  return true;
}

/** Spans that a tier was offered; one trace's, or one request's, in one call. They were decided by the threshold before it moves. */
export function offerToBudget(compiled: CompiledPolicy, tier: number, spans: number): void {
  if (compiled.tiers[tier].budget?.offer(spans)) putInForce(compiled, tier);
}

/** Lets time pass for the budgets. */
export function advanceBudgets(compiled: CompiledPolicy, nowMs: number): void {
  if (!compiled.hasBudgets) return;
  for (const [index, { budget }] of compiled.tiers.entries()) {
    if (budget === undefined) continue;
    budget.advance(nowMs);
    putInForce(compiled, index);
  }
}

function putInForce(compiled: CompiledPolicy, index: number): void {
  const tier = compiled.tiers[index];
  // A budget can be shared with another version, which may have moved it.
  if (tier.budget === undefined || tier.inForce === tier.budget.threshold) return;
  tier.inForce = tier.budget.threshold;
  compiled.matcher.setThreshold(index, tierThreshold(tier.inForce));
}
