import { describe, expect, it } from "vitest";
import { livePoint } from "#domain/telemetry/livePointTestData.ts";
import { trafficOf, waitingNow, waitNeed } from "./waitNeed.ts";
import { needInWords, overInWords } from "./waitWords.ts";

const BOUNDS = { tracesMax: 100_000, spansMax: 400_000, bytesMax: 268_435_456 };
const busy = livePoint({ receivedPerS: 50_000, bytesReceivedPerS: 21_500_000 });

describe("what a wait would need", () => {
  it("is not known without traffic", () => {
    expect(trafficOf([])).toBeNull();
    expect(trafficOf([livePoint({ receivedPerS: 0 })])).toBeNull();
    expect(trafficOf([livePoint({ reporting: 0 })])).toBeNull();
  });

  it("is the traffic of the last seconds times the wait", () => {
    const traffic = trafficOf([livePoint({ receivedPerS: 40_000 }), livePoint({ receivedPerS: 60_000 })]);
    expect(traffic).toMatchObject({ spansPerS: 50_000, tracesPerS: null, collectors: 1 });
    if (traffic) expect(waitNeed(traffic, 2_500, BOUNDS).amounts).toMatchObject({ spans: 125_000, traces: null });
  });

  it("says which bounds it would run into, and in words what follows", () => {
    const traffic = trafficOf([busy]);
    if (!traffic) throw new Error("there is traffic");
    const need = waitNeed(traffic, 10_000, BOUNDS);
    expect(need.over).toEqual(["spans"]);
    expect(needInWords(traffic, 10_000, need)).toBe("At the present 50,000 spans/s, 430 B each, a wait of 10 s holds up to 500,000 spans, 207 MiB.");
    expect(overInWords(need)).toBe("More than the bound of 400,000 spans: the oldest traces would be decided early.");
    expect(overInWords(waitNeed(traffic, 1_000, BOUNDS))).toBeNull();
    expect(overInWords(waitNeed(traffic, 20_000, BOUNDS))).toBe("More than the bounds of 400,000 spans and 256 MiB: the oldest traces would be decided early.");
  });

  it("takes memory in whole blocks, so that a trickle holds no less than it does", () => {
    const traffic = trafficOf([livePoint({ receivedPerS: 10, bytesReceivedPerS: 4_300, reporting: 3 })]);
    if (traffic) expect(waitNeed(traffic, 10_000, BOUNDS).amounts.bytes).toBe(6 * 1_048_576);
  });

  it("counts traces where they are decided as such", () => {
    const traffic = trafficOf([livePoint({ ...busy, waitingTracesMax: 100_000, tracesDecidedPerS: 12_000 })]);
    if (!traffic) throw new Error("there is traffic");
    const need = waitNeed(traffic, 10_000, BOUNDS);
    expect(need.amounts.traces).toBe(120_000);
    expect(need.over).toEqual(["traces", "spans"]);
  });

  it("gives each collector its own bounds", () => {
    const traffic = trafficOf([livePoint({ ...busy, reporting: 3 })]);
    if (!traffic) throw new Error("there is traffic");
    const need = waitNeed(traffic, 10_000, BOUNDS);
    expect(need.bounds.spansMax).toBe(1_200_000);
    expect(need.over).toEqual([]);
    expect(needInWords(traffic, 10_000, need)).toContain("50,000 spans/s on 3 collectors, ");
  });
});

describe("what waits now", () => {
  it("is unknown while nobody decides whole traces, not zero", () => expect(waitingNow(livePoint())).toBeNull());
  it("stands against the bounds that run", () =>
    expect(
      waitingNow(livePoint({ waitingSpans: 8_210, waitingTraces: 1_234, heldBytes: 4e6, waitingSpansMax: 5e5, waitingTracesMax: 1e5, heldBytesMax: 2e8 })),
    ).toEqual({
      amounts: { traces: 1_234, spans: 8_210, bytes: 4e6 },
      bounds: { tracesMax: 1e5, spansMax: 5e5, bytesMax: 2e8 },
    }));
});
