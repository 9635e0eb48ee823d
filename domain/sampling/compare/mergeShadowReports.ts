import { mergeComparisons } from "./mergeComparisons.ts";
import { EXAMPLES_MAX, SHADOW_STATES, type ShadowExample, type ShadowReport } from "./shadowReport.ts";

/** What the threads of one collector say, as one: at least one of them. They run the same policies, and begin and end together but for moments. */
export function mergeShadowReports(reports: readonly ShadowReport[]): ShadowReport {
  // What ended in one of them has not ended in order for the collector, and that is what has to be told.
  const worst = reports.reduce((last, one) => (SHADOW_STATES.indexOf(one.state) > SHADOW_STATES.indexOf(last.state) ? one : last));
  const sum = (of: (report: ShadowReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return {
    ...worst,
    countingSinceMs: Math.min(...reports.map(({ countingSinceMs }) => countingSinceMs)),
    windowMs: Math.max(...reports.map(({ windowMs }) => windowMs)),
    restarts: Math.max(...reports.map(({ restarts }) => restarts)),
    share: Math.min(...reports.map(({ share }) => share)),
    cpuMs: sum(({ cpuMs }) => cpuMs),
    threadCpuMs: sum(({ threadCpuMs }) => threadCpuMs),
    counts: mergeComparisons(reports.map(({ counts }) => counts)),
    newlyDropped: latestExamples(reports.flatMap(({ newlyDropped }) => newlyDropped)),
    newlyKept: latestExamples(reports.flatMap(({ newlyKept }) => newlyKept)),
  };
}

/** The latest first, at most EXAMPLES_MAX, each trace once. */
export function latestExamples<Example extends ShadowExample>(all: readonly Example[]): Example[] {
  const byTrace = new Map<string, Example>();
  for (const example of [...all].sort((a, b) => b.atMs - a.atMs)) if (!byTrace.has(example.traceId)) byTrace.set(example.traceId, example);
  return [...byTrace.values()].slice(0, EXAMPLES_MAX);
}
