import { describe, expect, it } from "vitest";
import type { DestinationFigures, Measurement } from "#domain/telemetry/measurement.ts";
import { destination, measuredAt, T0 } from "./measurementTestData.ts";
import { noticeChanges } from "./noticeChanges.ts";

/** A measurement at this second with this one destination. */
const at = (second: number, over: Partial<DestinationFigures> = {}, more: Partial<Measurement> = {}) =>
  measuredAt(second, 0, { destinations: [destination(over)], ...more });
const ms = (second: number) => T0 + second * 1_000;
const OPEN = { breaker: "open", breakerOpened: 1, breakerSinceMs: ms(10.4), lastFailure: "refused", lastFailureMs: ms(10.4) } as const;
const told = (now: Measurement, before: Measurement | null, fresh = false) =>
  noticeChanges(now, before, fresh).map((change) => ({
    at: (change.atMs - T0) / 1_000,
    what: `${change.kind} ${change.state}`,
    times: "times" in change ? change.times : 1,
    why: change.reason,
  }));

describe("changes of a breaker", () => {
  it("are told with their own time and what the backend said", () => {
    expect(told(at(11, OPEN), at(10))).toEqual([{ at: 10.4, what: "breaker open", times: 1, why: "refused" }]);
    const half = { ...OPEN, breaker: "half-open", breakerSinceMs: ms(40.4) } as const;
    expect(told(at(41, half), at(40, OPEN))).toEqual([{ at: 40.4, what: "breaker half-open", times: 1, why: "refused" }]);
    const closed = { ...OPEN, breaker: "closed", breakerSinceMs: ms(41.5) } as const;
    expect(told(at(42, closed), at(41, half))).toEqual([{ at: 41.5, what: "breaker closed", times: 1, why: "" }]);
  });

  it("are none while nothing changes", () => expect(told(at(12, OPEN), at(11, OPEN))).toEqual([]));

  it("are not missed when it opened and closed between two measurements", () => {
    const over = { breaker: "closed", breakerOpened: 1, breakerSinceMs: ms(14), lastFailureMs: ms(11), lastFailure: "reset" } as const;
    expect(told(at(20, over), at(10))).toEqual([
      { at: 11, what: "breaker open", times: 1, why: "reset" },
      { at: 14, what: "breaker closed", times: 1, why: "" },
    ]);
  });

  it("are not missed when it opened again after a probe, however often", () => {
    expect(told(at(50, { ...OPEN, breakerOpened: 4, breakerSinceMs: ms(49) }), at(20, OPEN))).toEqual([
      { at: 49, what: "breaker open", times: 3, why: "refused" },
    ]);
    const probing = { ...OPEN, breaker: "half-open", breakerOpened: 2, breakerSinceMs: ms(49), lastFailureMs: ms(30) } as const;
    expect(told(at(50, probing), at(20, OPEN)).map(({ at, what }) => [at, what])).toEqual([
      [30, "breaker open"],
      [49, "breaker half-open"],
    ]);
  });

  it("are placed between the two measurements even when the clock was set", () => {
    const before = at(10);
    for (const breakerSinceMs of [ms(-500), ms(9_000)]) {
      const [change] = told(at(11, { ...OPEN, breakerSinceMs }), before);
      expect(change.at).toBeGreaterThanOrEqual(10);
      expect(change.at).toBeLessThanOrEqual(11);
    }
  });

  it("are told of a process that is met with its breaker open, and nothing is made up of one that is met well", () => {
    expect(told(at(500, OPEN), null)).toEqual([{ at: 10.4, what: "breaker open", times: 1, why: "refused" }]);
    expect(told(at(500, { ...OPEN, breaker: "closed" }), null)).toEqual([]);
  });

  it("end when the process is started anew", () => {
    const started = { processStartMs: ms(100) };
    expect(told(at(101, {}, started), at(99, OPEN), true)).toEqual([{ at: 100, what: "breaker closed", times: 1, why: "the collector was started anew" }]);
  });

  it("are those of each destination, also of one that is new", () => {
    const now = measuredAt(11, 0, { destinations: [destination(), destination({ ...OPEN, name: "errors" })] });
    expect(noticeChanges(now, at(10), false)).toMatchObject([{ kind: "breaker", destination: "errors", state: "open" }]);
  });
});

describe("changes of log and memory", () => {
  const FULL = { wal: "full", walProblem: "1 GB is used" } as const;
  it("are told at the measurement that shows them", () => {
    expect(told(at(11, FULL), at(10))).toEqual([{ at: 11, what: "wal full", times: 1, why: "1 GB is used" }]);
    expect(told(at(12), at(11, FULL))).toEqual([{ at: 12, what: "wal ok", times: 1, why: "" }]);
    const tight = { memory: { state: "tight", limitBytes: 500, softBytes: 400 } } as const;
    expect(told(at(11, {}, tight), at(10))).toEqual([{ at: 11, what: "memory tight", times: 1, why: "" }]);
    expect(told(at(12), at(11, {}, tight))).toEqual([{ at: 12, what: "memory ok", times: 1, why: "" }]);
  });

  it("are not made up of a process that had been running, whose state may be old, and are told of one that has just started", () => {
    const trouble = at(500, FULL, { memory: { state: "full", limitBytes: 500, softBytes: 400 } });
    expect(told(trouble, null)).toEqual([]);
    expect(told(trouble, null, true).map(({ what }) => what)).toEqual(["wal full", "memory full"]);
  });
});
