import { describe, expect, it } from "vitest";
import { BatchLog, IN_LOG_ALONE, NOT_FOLLOWED, SHED } from "../deliver/batchLog.ts";
import { ManualClock } from "../manualClock.ts";
import { explainWay } from "./explainParts.ts";

const places = { batches: new BatchLog(), clock: new ManualClock(), processStartMs: 0 };
const way = (batch: number, networkMs = 2) =>
  explainWay({ kept: true, networkMs, processingMs: 1, decisionWaitMs: null, serializationMs: 3, batch, decidedAt: 0 }, places);

describe("explainWay", () => {
  it("says of what is in the log alone, shed, or parted that it was not followed, or lost, and why", () => {
    expect(way(IN_LOG_ALONE)).toMatchObject({ delivery: "notFollowed", deliveryMessage: expect.stringContaining("write-ahead log") });
    expect(way(NOT_FOLLOWED)).toMatchObject({ delivery: "notFollowed", deliveryMessage: expect.stringContaining("several ways") });
    expect(way(SHED)).toMatchObject({ delivery: "dropped", deliveryMessage: expect.stringContaining("memory") });
    expect(way(-1)).toMatchObject({ delivery: "waiting" });
  });

  it("has no time on the network for a request that came back from the log", () => {
    expect(way(IN_LOG_ALONE).stages.network).toBe(2);
    expect(way(IN_LOG_ALONE, Number.NaN).stages.network).toBeNull();
  });
});
