import { describe, expect, it } from "vitest";
import { FairShare, fairLevel } from "./fairShare.ts";
import { type ClientOutcome, type SimulatedClient, simulate } from "./fairShareTestData.ts";

/** A client at one time the base rate sends 10 requests of 10 KB a second. */
const BASE_BYTES_PER_S = 100_000;
const at = (times: number): SimulatedClient => ({ requestsPerS: () => 10 * times, requestBytes: 10_000 });
const twenty = () => Array.from({ length: 20 }, () => at(1));
/** A queue that holds 20 s of what is drained: 21 times the base. */
const room = { capacityBytes: 20 * 21 * BASE_BYTES_PER_S, drainedBytesPerS: () => 21 * BASE_BYTES_PER_S };

const sum = (of: ClientOutcome[], key: keyof ClientOutcome) => of.reduce((total, one) => total + one[key], 0);
const refusedShare = (of: ClientOutcome[]) => sum(of, "refused") / sum(of, "asked");

describe("fairLevel", () => {
  const level = (rates: number[], bytesPerS: number) => fairLevel(Float64Array.from(rates), bytesPerS);

  it("is max-min fair: Σ min(rate, L) is what comes free", () => {
    expect(level([10, 1, 1, 1], 6)).toBe(3);
    expect(level([10, 10, 10, 10], 20)).toBe(5);
    expect(level([1, 2, 3, 4, 100], 20)).toBe(10);
    for (const rates of [
      [5, 1, 9, 2, 2],
      [7, 7, 7],
      [0, 0, 30],
    ]) {
      for (const free of [1, 5, 11]) {
        const found = level(rates, free);
        expect(rates.reduce((total, rate) => total + Math.min(rate, found), 0)).toBeCloseTo(free, 9);
      }
    }
  });

  it("is above every rate where all fit, nothing where nothing comes free, and everything where nobody sends", () => {
    expect(level([1, 2, 3], 12)).toBe(5);
    expect([level([1, 2, 3], 0), level([1, 2, 3], -5)]).toEqual([0, 0]);
    expect([level([0], 7), level([], 7)]).toEqual([7, 7]);
  });
});

describe("FairShare", () => {
  it.each([1, 2, 3])("refuses a client at ten times the rate of twenty others, and them nothing (seed %i)", (seed) => {
    const { clients, fillMax, overflowed } = simulate({ clients: [...twenty(), at(10)], ...room, seconds: 120, seed });
    const others = clients.slice(0, 20);
    expect(refusedShare(others)).toBeLessThanOrEqual(0.005);
    expect([overflowed, fillMax < 1]).toEqual([0, true]);
    expect(refusedShare(clients.slice(20))).toBeGreaterThan(0.5);
  });

  it("does so where one span in twenty is kept as well", () => {
    const { clients, overflowed } = simulate({
      clients: [...twenty(), at(10)],
      capacityBytes: room.capacityBytes / 20,
      drainedBytesPerS: () => room.drainedBytesPerS() / 20,
      keptShare: 0.05,
      seconds: 120,
    });
    expect([refusedShare(clients.slice(0, 20)) <= 0.005, overflowed]).toEqual([true, 0]);
  });

  it("gives the flooding client what the others leave, once the room is as full as it may be", () => {
    const { clients } = simulate({ clients: [...Array.from({ length: 20 }, () => at(0.5)), at(30)], ...room, seconds: 300, countFromS: 100 });
    expect(refusedShare(clients.slice(0, 20))).toBe(0);
    // 21 - 20 × 0.5 = 11 times the base, over 200 s.
    const taken = clients[20].taken / (10 * 200);
    expect(taken).toBeGreaterThan(10);
    expect(taken).toBeLessThan(12);
  });

  it("gives equal shares to clients that are all alike", () => {
    const { clients, overflowed } = simulate({ clients: Array.from({ length: 21 }, () => at(2)), ...room, seconds: 120, countFromS: 30 });
    const taken = clients.map((one) => one.taken);
    const mean = sum(clients, "taken") / 21;
    expect(mean).toBeGreaterThan(0.97 * 900);
    expect([Math.min(...taken) > 0.95 * mean, Math.max(...taken) < 1.05 * mean, overflowed]).toEqual([true, true, 0]);
  });

  it("leaves clients alone that send a lot seldom", () => {
    const seldom = Array.from({ length: 20 }, () => ({ requestsPerS: () => 0.2, requestBytes: 500_000, isExact: true }));
    const { clients } = simulate({ clients: [...seldom, at(10)], ...room, seconds: 120 });
    expect(sum(clients.slice(0, 20), "refused")).toBe(0);
  });

  it("refuses nobody for bursts that the room can take", () => {
    const bursts = { requestsPerS: (atS: number) => (atS % 20 < 2 ? 100 : 0), requestBytes: 10_000 };
    const { clients } = simulate({ clients: [...twenty(), bursts], ...room, seconds: 120 });
    expect(sum(clients, "refused")).toBe(0);
  });

  it("refuses nobody any more soon after the flooding client has stopped", () => {
    const stops = { requestsPerS: (atS: number) => (atS < 60 ? 100 : 0), requestBytes: 10_000 };
    const { clients, fillAtEnd } = simulate({ clients: [...twenty(), stops], ...room, seconds: 240, countFromS: 65 });
    expect(sum(clients.slice(0, 20), "refused")).toBe(0);
    expect(fillAtEnd).toBeLessThan(0.5);
  });

  it("shares out what is left of the room while nothing is drained, and recovers", () => {
    const { clients, overflowed } = simulate({
      clients: [...twenty(), at(10)],
      ...room,
      drainedBytesPerS: (atS) => (atS > 20 && atS < 80 ? 0 : 21 * BASE_BYTES_PER_S),
      seconds: 300,
    });
    const others = clients.slice(0, 20);
    expect(overflowed).toBe(0);
    expect(refusedShare(others)).toBeLessThan(refusedShare(clients.slice(20)) / 2);
    const later = simulate({ clients: twenty(), ...room, drainedBytesPerS: (atS) => (atS < 60 ? 0 : 21 * BASE_BYTES_PER_S), seconds: 300, countFromS: 200 });
    expect(refusedShare(later.clients)).toBeLessThanOrEqual(0.005);
  });

  it("lets everybody in below half full, whatever they send", () => {
    const share = new FairShare<object>({ now: () => 0 });
    share.update(0.49, 1);
    const client = {};
    expect(Array.from({ length: 1000 }, () => !share.isSpent(client) && share.take(client, 1_000_000)).every((isIn) => isIn)).toBe(true);
  });

  it("keeps a bounded number of accounts, the rest sharing one, and forgets the idle", () => {
    let now = 0;
    const share = new FairShare<object>({ now: () => now });
    const clients = Array.from({ length: 12_000 }, () => ({}));
    for (const client of clients) share.take(client, 1000);
    expect(share.clients).toBe(10_000);
    now += 1000;
    share.update(0.9, 1_000_000);
    // Those beyond the bound have one bucket together, the others one each.
    const taken = clients.map((client) => share.take(client, 1_000_000));
    expect([taken.slice(0, 10_000).filter((isIn) => isIn).length, taken.slice(10_000).filter((isIn) => isIn).length]).toEqual([10_000, 1]);
    now += 31_000;
    share.update(0.1, 1_000_000);
    expect(share.clients).toBe(0);
  });
});
