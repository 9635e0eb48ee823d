import { canonicalJson } from "#domain/fleet/configHash.ts";
import { diffPolicies } from "#domain/sampling/diffPolicies.ts";
import type { Keep } from "#domain/sampling/keep.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

export type TierChange = { state: "same" | "changed" | "new" | "moved" /** What the base keeps, where that differs. */; baseKeep: Keep | null };

/** How each tier of the draft stands against the version it started from. */
export function tierChanges(draft: SamplingPolicy, base: SamplingPolicy): TierChange[] {
  const differences = diffPolicies(base, draft);
  return draft.tiers.map((tier): TierChange => {
    const own = differences.filter((difference) => difference.kind !== "removed" && "name" in difference && difference.name === tier.name);
    if (own.some((difference) => difference.kind === "added")) return { state: "new", baseKeep: null };
    const renamed = own.find((difference) => difference.kind === "renamed");
    const before = base.tiers.find(({ name }) => name === (renamed?.kind === "renamed" ? renamed.before : tier.name))?.keep;
    const baseKeep = before !== undefined && canonicalJson(before) !== canonicalJson(tier.keep) ? before : null;
    if (baseKeep !== null || own.some((difference) => difference.kind !== "moved")) return { state: "changed", baseKeep };
    return { state: own.length > 0 ? "moved" : "same", baseKeep };
  });
}
