import type { ReplayFigures } from "./shadowReport.ts";

/** Gaps that are named of all collectors together, the longest. */
export const GAPS_NAMED_MAX = 20;
/** A recording that reaches back at least so much of the time asked for is taken to be all of it: it begins with the first span, not with the hour. */
const WHOLE_SHARE = 0.98;

export type NamedGap = ReplayFigures["gaps"][number] & { collectorName: string };

/** What the recordings of several collectors have been, as one. */
export type ReplaySummary = {
  /** From the beginning of the first to the end of the last. */
  fromMs: number;
  untilMs: number;
  /** The least share of the traces that one of them has recorded. */
  recordedShare: number;
  /** How far the shortest of them reaches, and whether that is less than what was asked for. */
  shortestMs: number;
  isLess: boolean;
  spans: number;
  spansPerS: number;
  /** By name. */
  redacted: string[];
  /** The oldest first. */
  gaps: NamedGap[];
  gapsLeftOut: number;
};

/** Null of no collector. The order makes no difference. */
export function mergeReplays(all: readonly { collectorName: string; figures: ReplayFigures }[], backMs: number): ReplaySummary | null {
  if (all.length === 0) return null;
  const figures = all.map((one) => one.figures);
  const sum = (of: (one: ReplayFigures) => number) => figures.reduce((total, one) => total + of(one), 0);
  const gaps = all.flatMap(({ collectorName, figures: one }) => one.gaps.map((gap) => ({ ...gap, collectorName }))).sort(longestFirst);
  const named = gaps.slice(0, GAPS_NAMED_MAX).sort((a, b) => a.fromMs - b.fromMs || byName(a.collectorName, b.collectorName));
  const shortestMs = Math.max(0, Math.min(...figures.map(({ fromMs, untilMs }) => untilMs - fromMs)));
  return {
    fromMs: Math.min(...figures.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...figures.map(({ untilMs }) => untilMs)),
    recordedShare: Math.min(...figures.map(({ recordedShare }) => recordedShare)),
    shortestMs,
    isLess: shortestMs < backMs * WHOLE_SHARE,
    spans: sum(({ spans }) => spans),
    spansPerS: sum(({ spansPerS }) => spansPerS),
    redacted: [...new Set(figures.flatMap(({ redacted }) => redacted))].sort(byName),
    gaps: named,
    gapsLeftOut: sum(({ gapsLeftOut }) => gapsLeftOut) + gaps.length - named.length,
  };
}

function longestFirst(a: NamedGap, b: NamedGap): number {
  return b.untilMs - b.fromMs - (a.untilMs - a.fromMs) || a.fromMs - b.fromMs || byName(a.collectorName, b.collectorName);
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
