import { countAtoms, scopeProblem } from "./condition.ts";
import { ATOMS_MAX, type SamplingPolicy, samplingPolicySchema, TIERS_MAX, type Tier, tierSchema } from "./samplingPolicy.ts";

/**
 * Whether a policy that was made from a valid one can be saved. What the schema says of it, but only tiers that are new are looked at, because a form asks for
 * many such policies with every letter that is typed.
 */
export function staysValid(valid: SamplingPolicy, made: SamplingPolicy): boolean {
  if (!hasSameSettings(valid, made)) return samplingPolicySchema.safeParse(made).success;
  const { tiers, scope } = made;
  if (tiers.length === 0 || tiers.length > TIERS_MAX) return false;
  if (new Set(tiers.map(({ name }) => name)).size < tiers.length) return false;
  if (tiers.some(({ condition }, place) => (condition.kind === "always") !== (place === tiers.length - 1))) return false;
  const known = new Set(valid.tiers);
  const isGood = (tier: Tier) => known.has(tier) || (tierSchema.safeParse(tier).success && !scopeProblem(tier.condition, scope));
  return tiers.every(isGood) && tiers.reduce((sum, { condition }) => sum + countAtoms(condition), 0) <= ATOMS_MAX;
}

function hasSameSettings(one: SamplingPolicy, other: SamplingPolicy): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  names.delete("tiers");
  return [...names].every((name) => Reflect.get(one, name) === Reflect.get(other, name));
}
