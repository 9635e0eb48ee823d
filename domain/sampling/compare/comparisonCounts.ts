import { z } from "zod";
import { TIER_NAME_MAX, TIERS_MAX } from "../samplingPolicy.ts";

/** Services that are counted by name; the rest is counted together. */
export const SERVICES_MAX = 100;
/** Characters of a service's name that are kept. */
export const SERVICE_NAME_MAX = 120;
/** Traces fall into so many equal groups by a hash of their id, the same ones on every collector: how far the groups differ says how far chance reaches. */
export const GROUPS = 16;

const count = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const cell = z.strictObject({ spans: count, bytes: count });
export type Cell = z.infer<typeof cell>;

/** What the running policy and the candidate did with the same spans. */
export const OUTCOMES = ["both", "liveOnly", "candidateOnly", "neither"] as const;
export type Outcome = (typeof OUTCOMES)[number];
const outcomes = z.strictObject({ both: cell, liveOnly: cell, candidateOnly: cell, neither: cell });
export type Outcomes = z.infer<typeof outcomes>;

const named = (nameMax: number, max: number) => z.array(z.strictObject({ name: z.string().max(nameMax), outcomes })).max(max);
export type NamedOutcomes = { name: string; outcomes: Outcomes };

const group = z.strictObject({
  spans: count,
  bytes: count,
  liveSpans: count,
  liveBytes: count,
  candidateSpans: count,
  candidateBytes: count,
});
export type GroupCounts = z.infer<typeof group>;

/**
 * What two policies did with the same traffic. All but `seen`, `compared`, `units` and `late` is weighted: a span counts as many as it stands for, which is 1 unless
 * only some of the traces could be looked at. Tiers go by name, and those of merged counts are added up by name.
 */
export const comparisonCountsSchema = z.strictObject({
  /** Everything that was decided meanwhile, compared or not. */
  seen: cell,
  /** What both policies were asked about, unweighted. */
  compared: cell,
  /** Independent decisions among them: traces in trace scope, spans in span scope. */
  units: count,
  /** Spans that followed a decision taken before; in trace scope only. They are in none of the other numbers. */
  late: count,
  total: outcomes,
  liveTiers: named(TIER_NAME_MAX, TIERS_MAX * 4),
  candidateTiers: named(TIER_NAME_MAX, TIERS_MAX * 4),
  services: named(SERVICE_NAME_MAX, SERVICES_MAX),
  /** Of all services that are not counted by name. */
  otherServices: outcomes,
  groups: z.array(group).length(GROUPS),
});
export type ComparisonCounts = z.infer<typeof comparisonCountsSchema>;

export function noOutcomes(): Outcomes {
  return { both: { spans: 0, bytes: 0 }, liveOnly: { spans: 0, bytes: 0 }, candidateOnly: { spans: 0, bytes: 0 }, neither: { spans: 0, bytes: 0 } };
}

export function noComparison(): ComparisonCounts {
  return {
    seen: { spans: 0, bytes: 0 },
    compared: { spans: 0, bytes: 0 },
    units: 0,
    late: 0,
    total: noOutcomes(),
    liveTiers: [],
    candidateTiers: [],
    services: [],
    otherServices: noOutcomes(),
    groups: Array.from({ length: GROUPS }, () => ({ spans: 0, bytes: 0, liveSpans: 0, liveBytes: 0, candidateSpans: 0, candidateBytes: 0 })),
  };
}

export function outcomeOf(liveKept: boolean, candidateKept: boolean): Outcome {
  if (liveKept) return candidateKept ? "both" : "liveOnly";
  return candidateKept ? "candidateOnly" : "neither";
}

export function spansOf({ both, liveOnly, candidateOnly, neither }: Outcomes): number {
  return both.spans + liveOnly.spans + candidateOnly.spans + neither.spans;
}

export function bytesOf({ both, liveOnly, candidateOnly, neither }: Outcomes): number {
  return both.bytes + liveOnly.bytes + candidateOnly.bytes + neither.bytes;
}
