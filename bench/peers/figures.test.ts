import { describe, expect, it } from "vitest";
import { mergeRuns, spread } from "./figures.ts";
import type { RunFigures } from "./measurePeer.ts";
import { costTable, lossTable, whereReferenceWins } from "./tables.ts";

const run = (changed: Partial<RunFigures> = {}): RunFigures => ({
  spansPerSecond: 50_000,
  cpuSecondsPerMillion: 2,
  p50Ms: 1,
  p99Ms: 10,
  idleRssBytes: 60e6,
  peakRssBytes: 100e6,
  refused: 0,
  acknowledged: 1000,
  arrived: 500,
  twice: 0,
  unknown: 0,
  promised: 100,
  missing: 0,
  coreShare: 0.1,
  othersLoad: 0,
  threads: [],
  ownCounts: {},
  ...changed,
});
const report = (headgate: RunFigures[], otelcol: RunFigures[]) => [
  { work: "trace", protocol: "grpc", rate: 50_000, figures: { headgate: mergeRuns(headgate), otelcol: mergeRuns(otelcol) } } as const,
];

describe("merging runs", () => {
  it("takes the median and says how far the runs lie apart", () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(spread([7])).toEqual({ median: 7, min: 7, max: 7 });
  });

  it("adds up what was lost, so that one run's loss is not hidden by the others", () => {
    const merged = mergeRuns([run(), run({ missing: 3, ownCounts: { dropped: 3 } }), run({ ownCounts: { dropped: 1 } })]);
    expect(merged).toMatchObject({ runs: 3, missing: 3, promised: 300, acknowledged: 3000, ownCounts: { dropped: 4 } });
  });
});

describe("the tables", () => {
  const reports = report([run(), run({ cpuSecondsPerMillion: 3 })], [run({ cpuSecondsPerMillion: 20, peakRssBytes: 50e6, missing: 7 })]);

  it("show medians, spread and how many times the reference's is ours", () => {
    const [, , ours, theirs] = costTable(reports).split("\n");
    expect(ours).toContain("| 2.5 (2.0–3.0) |");
    expect(theirs).toContain("| 20.0 ×8.0 |");
  });

  it("show what is missing of what had to arrive", () => {
    expect(lossTable(reports).split("\n")[3]).toContain("| 100 | 7 | 0 | 50.0% |");
  });

  it("name what the reference does better, and nothing else", () => {
    expect(whereReferenceWins(reports)).toEqual(["four tiers, trace scope, 5 s wait, gRPC, 50k/s: peak RSS MB 50 against 100"]);
  });
});
