import { expect, it } from "vitest";
import { noComparison } from "./comparisonCounts.ts";
import type { ShadowReport } from "./shadowReport.ts";
import { swapSides } from "./swapSides.ts";

const cell = (spans: number) => ({ spans, bytes: spans * 10 });
const outcomes = (both: number, liveOnly: number, candidateOnly: number, neither: number) => ({
  both: cell(both),
  liveOnly: cell(liveOnly),
  candidateOnly: cell(candidateOnly),
  neither: cell(neither),
});
const example = { traceId: "", service: "shop", endpoint: "GET /", durationMs: 1, status: "ok" as const, spans: 1, atMs: 1, liveTier: "a", candidateTier: "b" };
const report: ShadowReport = {
  state: "running",
  reason: "",
  countingSinceMs: 1,
  windowMs: 2,
  restarts: 0,
  live: { revision: 1, hasBudget: false, scope: "trace", decisionWaitMs: 1, decisionWaitAfterRootMs: 1 },
  share: 1,
  cpuMs: 0,
  threadCpuMs: 0,
  counts: {
    ...noComparison(),
    total: outcomes(1, 2, 3, 4),
    liveTiers: [{ name: "live", outcomes: outcomes(5, 6, 7, 8) }],
    candidateTiers: [{ name: "candidate", outcomes: outcomes(9, 10, 11, 12) }],
    services: [{ name: "shop", outcomes: outcomes(13, 14, 15, 16) }],
    otherServices: outcomes(17, 18, 19, 20),
    groups: noComparison().groups.map(() => ({ spans: 21, bytes: 22, liveSpans: 23, liveBytes: 24, candidateSpans: 25, candidateBytes: 26 })),
  },
  newlyDropped: [example],
  newlyKept: [],
};

it("puts what the running policy did where the candidate's was, everywhere", () => {
  const { counts, newlyDropped, newlyKept } = swapSides(report);
  expect(counts.total).toEqual(outcomes(1, 3, 2, 4));
  expect(counts.liveTiers).toEqual([{ name: "candidate", outcomes: outcomes(9, 11, 10, 12) }]);
  expect(counts.candidateTiers).toEqual([{ name: "live", outcomes: outcomes(5, 7, 6, 8) }]);
  expect(counts.services).toEqual([{ name: "shop", outcomes: outcomes(13, 15, 14, 16) }]);
  expect(counts.otherServices).toEqual(outcomes(17, 19, 18, 20));
  expect(counts.groups[3]).toEqual({ spans: 21, bytes: 22, liveSpans: 25, liveBytes: 26, candidateSpans: 23, candidateBytes: 24 });
  expect(newlyDropped).toEqual([]);
  expect(newlyKept).toEqual([{ ...example, liveTier: "b", candidateTier: "a" }]);
});

it("is what it was when it is done twice", () => {
  expect(swapSides(swapSides(report))).toEqual(report);
});
