import type { RunFigures } from "./measurePeer.ts";

export type Spread = { median: number; min: number; max: number };

/** Of several runs; the median of an even number is the mean of the middle two. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted[sorted.length - 1] };
}

export type CellFigures = {
  runs: number;
  spansPerSecond: Spread;
  cpuSecondsPerMillion: Spread;
  p50Ms: Spread;
  p99Ms: Spread;
  idleRssBytes: Spread;
  peakRssBytes: Spread;
  coreShare: Spread;
  othersLoad: Spread;
  /** Sums over all runs. */
  refused: number;
  acknowledged: number;
  arrived: number;
  twice: number;
  unknown: number;
  promised: number;
  missing: number;
  ownCounts: Record<string, number>;
};

/** Costs as medians with their spread, counts as sums: a single lost span of one run shows. */
export function mergeRuns(runs: readonly RunFigures[]): CellFigures {
  const over = (of: (run: RunFigures) => number) => spread(runs.map(of));
  const sum = (of: (run: RunFigures) => number) => runs.reduce((total, run) => total + of(run), 0);
  const names = new Set(runs.flatMap(({ ownCounts }) => Object.keys(ownCounts)));
  return {
    runs: runs.length,
    spansPerSecond: over((run) => run.spansPerSecond),
    cpuSecondsPerMillion: over((run) => run.cpuSecondsPerMillion),
    p50Ms: over((run) => run.p50Ms),
    p99Ms: over((run) => run.p99Ms),
    idleRssBytes: over((run) => run.idleRssBytes),
    peakRssBytes: over((run) => run.peakRssBytes),
    coreShare: over((run) => run.coreShare),
    othersLoad: over((run) => run.othersLoad),
    refused: sum((run) => run.refused),
    acknowledged: sum((run) => run.acknowledged),
    arrived: sum((run) => run.arrived),
    twice: sum((run) => run.twice),
    unknown: sum((run) => run.unknown),
    promised: sum((run) => run.promised),
    missing: sum((run) => run.missing),
    ownCounts: Object.fromEntries([...names].map((name) => [name, sum((run) => run.ownCounts[name] ?? 0)])),
  };
}
