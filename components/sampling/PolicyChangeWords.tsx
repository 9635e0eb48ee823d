import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

/** placeholder until the domain says it in words */
export function PolicyChangeWords({ before, after }: { before: SamplingPolicy; after: SamplingPolicy }) {
  return <p className="text-ink-3">{before.tiers.length} → {after.tiers.length} tiers</p>;
}
