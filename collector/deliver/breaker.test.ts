import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { Breaker } from "./breaker.ts";

let clock: ManualClock;
let states: string[];
let breaker: Breaker;
beforeEach(() => {
  clock = new ManualClock();
  states = [];
  breaker = breakerOf({ failureThreshold: 3, openForMs: 1000, probes: 2 });
});

function breakerOf(settings: { failureThreshold: number; openForMs: number; probes: number }, random = () => 0): Breaker {
  return new Breaker({ settings, clock, random, changed: (state) => states.push(state) });
}

function fail(times: number, retryAfterMs = 0): void {
  for (let i = 0; i < times; i++) breaker.failed(breaker.begin(), retryAfterMs);
}

describe("Breaker", () => {
  it("opens after so many failures in a row, and a success in between starts the count anew", () => {
    fail(2);
    breaker.succeeded(breaker.begin());
    fail(2);
    expect(breaker.state).toBe("closed");
    fail(1);
    expect([breaker.state, breaker.opened, breaker.waitMs()]).toEqual(["open", 1, 1000]);
  });

  it("lets nothing through while it is open, then so many probes at a time and no more", async () => {
    fail(3);
    await clock.advance(999);
    expect(breaker.waitMs()).toBe(1);
    await clock.advance(1);
    expect(breaker.waitMs()).toBe(0);
    expect(breaker.state).toBe("half-open");
    breaker.begin();
    breaker.begin();
    expect(breaker.waitMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("closes after as many successes as probes, and opens again at the first failure of one", async () => {
    fail(3);
    await clock.advance(1000);
    breaker.waitMs();
    const first = breaker.begin();
    const second = breaker.begin();
    breaker.succeeded(first);
    expect(breaker.state).toBe("half-open");
    breaker.failed(second, 0);
    expect([breaker.state, breaker.opened]).toEqual(["open", 2]);
    await clock.advance(1000);
    breaker.waitMs();
    for (const era of [breaker.begin(), breaker.begin()]) breaker.succeeded(era);
    expect(states).toEqual(["open", "half-open", "open", "half-open", "closed"]);
  });

  it("does not count what began under an earlier state", async () => {
    const early = [breaker.begin(), breaker.begin()];
    fail(3);
    await clock.advance(1000);
    breaker.waitMs();
    breaker.succeeded(early[0]);
    breaker.failed(early[1], 0);
    expect(breaker.state).toBe("half-open");
  });

  it("stays open as long as the backend asked for, an hour at most, and up to a tenth longer than set by chance", async () => {
    fail(3, 5000);
    expect(breaker.waitMs()).toBe(5000);
    breaker.reset();
    fail(3, 1e12);
    expect(breaker.waitMs()).toBe(3_600_000);
    breaker = breakerOf({ failureThreshold: 1, openForMs: 1000, probes: 1 }, () => 1);
    fail(1);
    expect(breaker.waitMs()).toBe(1100);
    await clock.advance(0);
  });

  it("knows how long it was not closed", async () => {
    await clock.advance(500);
    expect(breaker.notClosedMs).toBe(0);
    fail(3);
    await clock.advance(1500);
    expect(breaker.notClosedMs).toBe(1500);
    breaker.waitMs();
    for (const era of [breaker.begin(), breaker.begin()]) breaker.succeeded(era);
    await clock.advance(5000);
    expect(breaker.notClosedMs).toBe(1500);
  });

  it("never has more than its probes under way while it is half-open, whatever happens in which order", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("begin", "begin", "succeed", "fail", "fail", "wait"), { minLength: 100, maxLength: 200 }), async (steps) => {
        clock = new ManualClock();
        states = [];
        breaker = breakerOf({ failureThreshold: 3, openForMs: 1000, probes: 2 });
        /** Tries under way, by the state and the visit to it that they began in. */
        const under: { era: number; visit: number }[] = [];
        for (const step of steps) {
          if (step === "wait") await clock.advance(400);
          if (step === "begin") {
            const mayBegin = breaker.waitMs() === 0;
            expect(breaker.state === "open" && mayBegin).toBe(false);
            if (mayBegin) under.push({ era: breaker.begin(), visit: states.length });
          }
          const ended = step === "succeed" || step === "fail" ? under.shift() : undefined;
          if (ended !== undefined && step === "succeed") breaker.succeeded(ended.era);
          if (ended !== undefined && step === "fail") breaker.failed(ended.era, 0);
          seen.add(breaker.state);
          if (breaker.state === "half-open") expect(under.filter(({ visit }) => visit === states.length).length).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(seen).toEqual(new Set(["closed", "open", "half-open"]));
  });
});
