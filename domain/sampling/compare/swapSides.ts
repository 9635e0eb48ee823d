import type { ComparisonCounts, GroupCounts, NamedOutcomes, Outcomes } from "./comparisonCounts.ts";
import type { ShadowExample, ShadowReport } from "./shadowReport.ts";

/** What was counted and told as if the candidate ran and the running policy were tried, the right way round. Of `live` only whoever counted knows what it has to be. */
export function swapSides({ counts, newlyDropped, newlyKept, ...rest }: ShadowReport): ShadowReport {
  return { ...rest, counts: swapCounts(counts), newlyDropped: newlyKept.map(swapExample), newlyKept: newlyDropped.map(swapExample) };
}

function swapCounts(counts: ComparisonCounts): ComparisonCounts {
  return {
    ...counts,
    total: swapOutcomes(counts.total),
    liveTiers: counts.candidateTiers.map(swapNamed),
    candidateTiers: counts.liveTiers.map(swapNamed),
    services: counts.services.map(swapNamed),
    otherServices: swapOutcomes(counts.otherServices),
    groups: counts.groups.map(swapGroup),
  };
}

function swapNamed({ name, outcomes }: NamedOutcomes): NamedOutcomes {
  return { name, outcomes: swapOutcomes(outcomes) };
}

function swapOutcomes({ both, liveOnly, candidateOnly, neither }: Outcomes): Outcomes {
  return { both, liveOnly: candidateOnly, candidateOnly: liveOnly, neither };
}

function swapGroup({ spans, bytes, liveSpans, liveBytes, candidateSpans, candidateBytes }: GroupCounts): GroupCounts {
  return { spans, bytes, liveSpans: candidateSpans, liveBytes: candidateBytes, candidateSpans: liveSpans, candidateBytes: liveBytes };
}

function swapExample({ liveTier, candidateTier, ...rest }: ShadowExample): ShadowExample {
  return { ...rest, liveTier: candidateTier, candidateTier: liveTier };
}
