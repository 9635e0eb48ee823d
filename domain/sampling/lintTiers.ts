import type { Finding } from "../validation/finding.ts";
import { implies } from "./implies.ts";
import { neverHolds } from "./neverHolds.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";

/** A tier that can never decide: nothing fulfils it (`coveredBy` is empty), or the tiers at these places before it take all of it together. */
export type UnreachableTier = { place: number; coveredBy: number[] };

/** What can't be told is not among them. */
export function unreachableTiers({ scope, tiers }: SamplingPolicy): UnreachableTier[] {
  return tiers.flatMap((tier, place): UnreachableTier[] => {
    if (neverHolds(tier.condition, scope)) return [{ place, coveredBy: [] }];
    const before = covering(tier, tiers.slice(0, place), scope);
    return before.length === 0 ? [] : [{ place, coveredBy: before.map((one) => tiers.indexOf(one)) }];
  });
}

/** Why a tier can never decide, in words. */
export function whyUnreachable({ tiers }: SamplingPolicy, { place, coveredBy }: UnreachableTier): string {
  const name = quoted(tiers[place]);
  if (coveredBy.length === 0) return `nothing can fulfil the condition of ${name}: it asks for a thing and its opposite`;
  const before = coveredBy.map((at) => quoted(tiers[at])).join(" and ");
  return `${name} can never match: ${before} before it ${coveredBy.length === 1 ? "takes" : "take"} all of it`;
}

/** Tiers that can never decide: nothing fulfils them, or tiers before them take all of it. What can't be told is not reported. */
export function lintTiers(policy: SamplingPolicy): Finding[] {
  return unreachableTiers(policy).map((unreachable): Finding => {
    const { place, coveredBy } = unreachable;
    const mend = coveredBy.length === 0 ? "remove the tier, or one of the two" : `move it before ${quoted(policy.tiers[coveredBy[0]])}, or remove it`;
    return { severity: "warning", path: `sampling.tiers[${place}].condition`, message: whyUnreachable(policy, unreachable), mend };
  });
}

/** One of the tiers before that takes it all; else those that do so together. */
function covering(tier: Tier, before: readonly Tier[], scope: SamplingPolicy["scope"]): Tier[] {
  const one = before.find(({ condition }) => implies(tier.condition, condition, scope));
  if (one !== undefined) return [one];
  if (before.length < 2 || !implies(tier.condition, { kind: "any", of: before.map(({ condition }) => condition) }, scope)) return [];
  // Those without which it would not be so.
  let needed = [...before];
  for (const candidate of before) {
    const others = needed.filter((other) => other !== candidate);
    if (others.length > 0 && implies(tier.condition, { kind: "any", of: others.map(({ condition }) => condition) }, scope)) needed = others;
  }
  return needed;
}

const quoted = ({ name }: Tier) => JSON.stringify(name);
