import { noComparison } from "#domain/sampling/compare/comparisonCounts.ts";
import type { ShadowReport, ShadowState } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

/** The report of a replay that has counted nothing. */
export function noReplay(state: ShadowState, reason: string, baseline: SamplingPolicy, revision: number): ShadowReport {
  const isTrace = baseline.scope === "trace";
  return {
    state,
    reason: reason.slice(0, 1000),
    countingSinceMs: 0,
    windowMs: 0,
    restarts: 0,
    live: {
      revision,
      hasBudget: baseline.tiers.some(({ keep }) => keep.kind === "budget"),
      scope: baseline.scope,
      decisionWaitMs: isTrace ? baseline.decisionWaitMs : 0,
      decisionWaitAfterRootMs: isTrace ? baseline.decisionWaitAfterRootMs : 0,
    },
    share: 1,
    cpuMs: 0,
    threadCpuMs: 0,
    counts: noComparison(),
    newlyDropped: [],
    newlyKept: [],
    replay: { progress: 0, fromMs: 0, untilMs: 0, recordedShare: 1, spans: 0, spansPerS: 0, redacted: [], gaps: [], gapsLeftOut: 0 },
  };
}
