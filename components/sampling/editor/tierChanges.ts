import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { conditionInput, type DraftTier } from "../draft/draftPolicy.ts";
import { parsePercent } from "../draft/percent.ts";
import type { TierChange } from "./TierRow.tsx";

/** How each tier of the draft stands against the version it started from; tiers are the same ones by their name. */
export function tierChanges(tiers: readonly DraftTier[], base: SamplingPolicy): TierChange[] {
  const baseNames = base.tiers.map((tier) => tier.name);
  const common = tiers.filter((tier) => baseNames.includes(tier.name)).map((tier) => tier.name);
  const inBase = baseNames.filter((name) => common.includes(name));
  return tiers.map((tier, index): TierChange => {
    const isDefault = index === tiers.length - 1;
    const before = isDefault ? base.tiers.at(-1) : base.tiers.find((candidate) => candidate.name === tier.name);
    if (!before) return { state: "new", baseRatio: null };
    const ratio = parsePercent(tier.keepPercent);
    const baseRatio = ratio === before.keep.ratio ? null : before.keep.ratio;
    const differs = baseRatio !== null || before.name !== tier.name || canonicalJson(conditionInput(tier.condition)) !== canonicalJson(before.condition);
    if (differs) return { state: "changed", baseRatio };
    return { state: common.indexOf(tier.name) === inBase.indexOf(tier.name) ? "same" : "moved", baseRatio: null };
  });
}
