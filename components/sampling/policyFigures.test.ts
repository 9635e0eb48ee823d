import { describe, expect, it } from "vitest";
import { policyFigures, sumsByRevision } from "./policyFigures.ts";

const row = (runningRevision: number | null, receivedPerS: number | null, keptPerS: number | null, state: "online" | "stale" | "offline" = "online") => ({
  runningRevision,
  state,
  receivedPerS,
  keptPerS,
  costMicroUsdPerHour: receivedPerS === null ? null : 1_000,
});
const of = (...rows: ReturnType<typeof row>[]) => policyFigures(sumsByRevision(rows), [3, 5, 3]);

describe("what a policy keeps and costs", () => {
  it("is added up over the collectors that run it, and no other", () =>
    expect(of(row(3, 100, 10), row(5, 300, 90), row(4, 1e6, 1e6), row(null, 1, 1))).toEqual({
      collectors: 2,
      keptShare: 0.25,
      costMicroUsdPerHour: 2_000,
      why: null,
    }));

  it("is not there while a collector that runs it is silent, but one that is gone is not waited for", () => {
    const absent = { keptShare: null, costMicroUsdPerHour: null };
    expect(of(row(3, 100, 10), row(3, null, null, "stale"))).toEqual({ collectors: 2, ...absent, why: "1 of 2 collectors that run it did not report lately" });
    expect(of(row(3, 100, 10), row(3, null, null, "offline"))).toMatchObject({ collectors: 1, keptShare: 0.1 });
    expect(of(row(4, 100, 10))).toEqual({ collectors: 0, ...absent, why: "no connected collector runs it" });
  });

  it("has a cost but no share where nothing comes in", () =>
    expect(of(row(3, 0, 0))).toEqual({ collectors: 1, keptShare: null, costMicroUsdPerHour: 1_000, why: "nothing comes in" }));
});
