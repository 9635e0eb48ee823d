import type { LivePrice } from "../../cost/livePrice.ts";
import { type ComparisonCounts, type GroupCounts, spansOf } from "./comparisonCounts.ts";
import type { Estimate } from "./forecast.ts";
import { jackknife } from "./jackknife.ts";
import { mergeComparisons } from "./mergeComparisons.ts";

/** Seconds of a month: a twelfth of 365.25 days. */
export const MONTH_S = 2_629_800;
/** Below so many seconds a rate says little about a month. */
export const SHORT_S = 300;

/** Why a figure is an estimate. */
export const ESTIMATED_BECAUSE = [
  ...(["month", "short", "sampled", "budget", "wait", "late", "scope"] as const),
  // Of a recording alone.
  ...(["partial", "less", "recorded", "redacted", "gaps"] as const),
] as const;
export type EstimatedBecause = (typeof ESTIMATED_BECAUSE)[number];

/** What one collector counted, over so many milliseconds. */
export type CollectorComparison = { counts: ComparisonCounts; windowMs: number };

/** `difference`: the candidate's less the running policy's. Intervals are for traffic like this; what was seen itself is exact unless `seenIsExact` says no. */
export type Compared = { live: Estimate; candidate: Estimate; difference: Estimate };

export type ComparisonSummary = {
  counts: ComparisonCounts;
  /** Per second, of all collectors together. */
  seenSpansPerS: number;
  seenBytesPerS: number;
  /** The longest that one of them counted. */
  seconds: number;
  collectors: number;
  /** Null before anything was compared. */
  figures: {
    keptShare: Compared;
    keptSpansPerS: Compared;
    keptBytesPerS: Compared;
    bytesPerMonth: Compared;
    /** By the price per GB alone: the collectors cost the same under both. */
    microUsdPerMonth: Compared;
    /** Share of the spans on which both did the same. */
    agreement: number;
  } | null;
  /** All that was decided has been compared, and nothing of it follows a budget. */
  seenIsExact: boolean;
  estimatedBecause: EstimatedBecause[];
};

export type SummaryInput = {
  collectors: readonly CollectorComparison[];
  price: LivePrice;
  /** One of the two policies has a budget tier: its ratio follows the traffic, and the candidate's begins anew. */
  hasBudget: boolean;
  /** The two wait differently long for a trace's spans. */
  waitsDiffer: boolean;
  /** One decides by span and the other by trace. */
  scopesDiffer: boolean;
  /** What it was read from; null of live traffic. */
  recording: ComparedRecording | null;
};

/** `isPartial`: it has not been read to its end; `isLess`: it reaches less far than was asked for. */
export type ComparedRecording = { isPartial: boolean; isLess: boolean; isRedacted: boolean; hasGaps: boolean };

/**
 * What the counts come to. Kept share = weighted spans kept / weighted spans compared, a ratio estimate; per second and month = that share × what was seen per second;
 * cost = bytes kept × price per GB (decimal). Intervals are jackknifed over groups of traces, and never narrower than 3 / decisions, the rule of three for what has
 * not been seen once (Hanley and Lippman-Hand, JAMA 249, 1983).
 */
export function summariseComparison({ collectors, price, hasBudget, waitsDiffer, scopesDiffer, recording }: SummaryInput): ComparisonSummary {
  const counts = mergeComparisons(collectors.map((one) => one.counts));
  const timed = collectors.filter(({ windowMs }) => windowMs > 0);
  const seenSpansPerS = timed.reduce((sum, one) => sum + (one.counts.seen.spans / one.windowMs) * 1000, 0);
  const seenBytesPerS = timed.reduce((sum, one) => sum + (one.counts.seen.bytes / one.windowMs) * 1000, 0);
  const seconds = Math.max(0, ...timed.map(({ windowMs }) => windowMs / 1000));
  const isWhole = counts.compared.spans === counts.seen.spans;
  const reasons: Record<EstimatedBecause, boolean> = {
    month: true,
    short: seconds < SHORT_S,
    sampled: !isWhole && recording === null,
    budget: hasBudget,
    wait: waitsDiffer,
    late: counts.late > 0,
    scope: scopesDiffer,
    partial: recording?.isPartial === true,
    less: recording?.isLess === true,
    recorded: !isWhole && recording !== null,
    redacted: recording?.isRedacted === true,
    gaps: recording?.hasGaps === true,
  };
  return {
    counts,
    seenSpansPerS,
    seenBytesPerS,
    seconds,
    collectors: collectors.length,
    figures: figuresOf(counts, seenSpansPerS, seenBytesPerS, price),
    seenIsExact: isWhole && !hasBudget && !waitsDiffer && counts.late === 0 && !reasons.redacted,
    estimatedBecause: ESTIMATED_BECAUSE.filter((reason) => reasons[reason]),
  };
}

function figuresOf(counts: ComparisonCounts, spansPerS: number, bytesPerS: number, price: LivePrice): ComparisonSummary["figures"] {
  const unseen = counts.units === 0 ? 1 : Math.min(1, 3 / counts.units);
  const { groups, total } = counts;
  const keptShare = compare(groups, "spans", "liveSpans", "candidateSpans", unseen);
  const bytesShare = compare(groups, "bytes", "liveBytes", "candidateBytes", unseen);
  if (keptShare === null || bytesShare === null) return null;
  const bytesPerMonth = times(bytesShare, bytesPerS * MONTH_S);
  return {
    keptShare,
    keptSpansPerS: times(keptShare, spansPerS),
    keptBytesPerS: times(bytesShare, bytesPerS),
    bytesPerMonth,
    microUsdPerMonth: times(bytesPerMonth, price.microUsdPerGbKept / 1e9, Math.round),
    agreement: (total.both.spans + total.neither.spans) / spansOf(total),
  };
}

type Of = "spans" | "bytes";
type Kept = Exclude<keyof GroupCounts, Of>;

function compare(groups: readonly GroupCounts[], of: Of, live: Kept, candidate: Kept, unseen: number): Compared | null {
  const share = (kept: (group: GroupCounts) => number) => (some: readonly GroupCounts[]) => {
    const all = some.reduce((sum, group) => sum + group[of], 0);
    return all === 0 ? null : some.reduce((sum, group) => sum + kept(group), 0) / all;
  };
  const ofLive = jackknife(
    groups,
    share((group) => group[live]),
    unseen,
  );
  const ofCandidate = jackknife(
    groups,
    share((group) => group[candidate]),
    unseen,
  );
  const difference = jackknife(
    groups,
    share((group) => group[candidate] - group[live]),
    unseen,
  );
  if (ofLive === null || ofCandidate === null || difference === null) return null;
  return { live: within(ofLive, 0, 1), candidate: within(ofCandidate, 0, 1), difference: within(difference, -1, 1) };
}

function within({ expected, low, high }: Estimate, min: number, max: number): Estimate {
  return { expected, low: Math.max(min, low), high: Math.min(max, high) };
}

function times({ live, candidate, difference }: Compared, by: number, round = (value: number) => value): Compared {
  const scaled = ({ expected, low, high }: Estimate): Estimate => ({ expected: round(expected * by), low: round(low * by), high: round(high * by) });
  return { live: scaled(live), candidate: scaled(candidate), difference: scaled(difference) };
}
