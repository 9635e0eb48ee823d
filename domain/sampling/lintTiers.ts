import type { Finding } from "../validation/finding.ts";
import { implies } from "./implies.ts";
import { neverHolds } from "./neverHolds.ts";
import type { SamplingPolicy, Tier } from "./samplingPolicy.ts";

/** Tiers that can never decide: nothing fulfils them, or tiers before them take all of it. What can't be told is not reported. */
export function lintTiers({ scope, tiers }: SamplingPolicy): Finding[] {
  return tiers.flatMap((tier, index): Finding[] => {
    const path = `sampling.tiers[${index}].condition`;
    if (neverHolds(tier.condition, scope)) {
      const message = `nothing can fulfil the condition of ${quoted(tier)}: it asks for a thing and its opposite`;
      return [{ severity: "warning", path, message, mend: "remove the tier, or one of the two" }];
    }
    const before = covering(tier, tiers.slice(0, index), scope);
    if (before.length === 0) return [];
    const message = `${quoted(tier)} can never match: ${before.map(quoted).join(" and ")} before it ${before.length === 1 ? "takes" : "take"} all of it`;
    return [{ severity: "warning", path, message, mend: `move it before ${quoted(before[0])}, or remove it` }];
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
