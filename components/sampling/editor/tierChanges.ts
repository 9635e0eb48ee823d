import { diffPolicies } from "#domain/sampling/diffPolicies.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

export type TierChange = { state: "same" | "changed" | "new" | "moved" /** What the base keeps, where that differs. */; baseRatio: number | null };

/** How each tier of the draft stands against the version it started from. */
export function tierChanges(draft: SamplingPolicy, base: SamplingPolicy): TierChange[] {
  const differences = diffPolicies(base, draft);
  return draft.tiers.map((tier): TierChange => {
    const own = differences.filter((difference) => difference.kind !== "removed" && difference.name === tier.name);
    const ratio = own.find((difference) => difference.kind === "ratio");
    const baseRatio = ratio?.kind === "ratio" ? ratio.before : null;
    if (own.some((difference) => difference.kind === "added")) return { state: "new", baseRatio: null };
    if (own.some((difference) => difference.kind !== "moved")) return { state: "changed", baseRatio };
    return { state: own.length > 0 ? "moved" : "same", baseRatio: null };
  });
}
