import fc from "fast-check";
import { type ComparisonCounts, GROUPS, noComparison, OUTCOMES, type Outcomes } from "./comparisonCounts.ts";
import type { ReplayFigures } from "./shadowReport.ts";

const whole = fc.integer({ min: 0, max: 1_000_000 });
const cell = fc.record({ spans: whole, bytes: whole });
const outcomes: fc.Arbitrary<Outcomes> = fc.record({ both: cell, liveOnly: cell, candidateOnly: cell, neither: cell });
const named = (names: readonly string[]) =>
  fc
    .uniqueArray(fc.constantFrom(...names), { maxLength: names.length })
    .chain((some) => fc.tuple(...some.map((name) => outcomes.map((of) => ({ name, outcomes: of })))));

/** Counts from few names of tiers and up to `services` services, whole so that sums are exact. */
export function anyCounts(services: number): fc.Arbitrary<ComparisonCounts> {
  return fc.record({
    seen: cell,
    compared: cell,
    units: whole,
    late: whole,
    total: outcomes,
    liveTiers: named(["errors", "slow", "default"]),
    candidateTiers: named(["errors", "default"]),
    services: named(Array.from({ length: services }, (_, index) => `service ${index}`)),
    otherServices: outcomes,
    groups: fc.array(fc.record({ spans: whole, bytes: whole, liveSpans: whole, liveBytes: whole, candidateSpans: whole, candidateBytes: whole }), {
      minLength: GROUPS,
      maxLength: GROUPS,
    }),
  });
}

/** What came of `spans` spans of 100 bytes in each group, of which these shares were kept. */
export function evenCounts({ spans, live, candidate }: { spans: number; live: number; candidate: number }): ComparisonCounts {
  const counts = noComparison();
  const kept = Math.min(live, candidate);
  const shares = { both: kept, liveOnly: live - kept, candidateOnly: candidate - kept, neither: 1 - Math.max(live, candidate) };
  const all = spans * GROUPS;
  for (const outcome of OUTCOMES) counts.total[outcome] = { spans: shares[outcome] * all, bytes: shares[outcome] * all * 100 };
  const cells = (share: number) => [share * spans, share * spans * 100];
  counts.groups = counts.groups.map(() => {
    const [liveSpans, liveBytes] = cells(live);
    const [candidateSpans, candidateBytes] = cells(candidate);
    return { spans, bytes: spans * 100, liveSpans, liveBytes, candidateSpans, candidateBytes };
  });
  counts.seen = { spans: all, bytes: all * 100 };
  counts.compared = { spans: all, bytes: all * 100 };
  counts.units = all;
  return counts;
}

/** Of a recording that was read to its end, whole and without a gap. */
export function replayFigures(more: Partial<ReplayFigures> = {}): ReplayFigures {
  const whole = { progress: 1, fromMs: 0, untilMs: 3_600_000, recordedShare: 1, spans: 16_000, spansPerS: 500_000, redacted: [], gaps: [], gapsLeftOut: 0 };
  return { ...whole, ...more };
}
