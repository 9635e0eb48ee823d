import { describe, expect, it } from "vitest";
import type { SignalTotals } from "#domain/telemetry/measurement.ts";
import { CollectorSeries } from "./collectorSeries.ts";
import { measuredAt, T0 } from "./measurementTestData.ts";

const logs = (over: Partial<SignalTotals>): SignalTotals => ({
  ...{ signal: "logs", received: 0, recovered: 0, queued: 0, delivered: 0, dropped: 0, refused: 0, requests: 0, refusedRequests: 0, bytesReceived: 0 },
  ...{ bytesDelivered: 0, breaker: "closed", lastFailure: "", wal: "ok", walProblem: "", walBytes: 0, ...over },
});

function viewsAfter(...measured: SignalTotals[][]) {
  const series = new CollectorSeries();
  for (const [at, signals] of measured.entries()) series.add(measuredAt(5 + at, 0, { signals }), T0 + (5 + at) * 1_000);
  return series.delivery()?.signals;
}

describe("metrics and logs of a collector", () => {
  it("have rates from the difference of two measurements, without what came back from the log", () => {
    const before = logs({ received: 500, recovered: 400, delivered: 500 });
    const after = logs({ received: 620, recovered: 400, queued: 20, delivered: 590, dropped: 10, refusedRequests: 3 });
    const rates = { receivedPerS: 120, deliveredPerS: 90, droppedPerS: 10, refusedRequestsPerS: 3 };
    expect(viewsAfter([before], [after])).toEqual([{ ...after, rates, balanced: true }]);
  });

  it("count from zero when they come for the first time, and have no rates without anything to compare with", () => {
    const first = logs({ received: 30, recovered: 10, delivered: 30 });
    expect(viewsAfter([], [first])?.[0].rates).toMatchObject({ receivedPerS: 20, deliveredPerS: 30 });
    expect(viewsAfter([first])?.[0].rates).toBeNull();
    expect(viewsAfter([], [])).toEqual([]);
  });

  it("say when their ledger does not balance", () => {
    expect(viewsAfter([logs({ received: 2, delivered: 1 })])?.[0].balanced).toBe(false);
  });
});
