import { describe, expect, it } from "vitest";
import { Line, Turns } from "./turns.ts";

const KB = 1024;

/** Turns whose time and deferring are in the test's hand; taking a request in takes a millisecond for each 200 KB. */
function scripted() {
  const deferred: (() => void)[] = [];
  let now = 0;
  const turns = new Turns({ now: () => now, defer: (run) => deferred.push(run) });
  const order: string[] = [];
  const send = (line: Line, name: string, bytes: number) => {
    const take = () => {
      order.push(name);
      now += bytes / (200 * KB);
      return bytes;
    };
    turns.take(line, take);
    return take;
  };
  /** The event loop goes round once; false when nothing was deferred. */
  const round = () => {
    const run = deferred.shift();
    run?.();
    return run !== undefined;
  };
  const taken = () => order.splice(0);
  /** As much is taken in at once as may be; whatever comes then waits. */
  const exhaust = () => send(new Line(), "all at once", 4096 * KB);
  return { turns, send, round, taken, exhaust };
}

describe("Turns", () => {
  it("takes a request in at once while there is no load", () => {
    const { send, round, taken, turns } = scripted();
    const lines = Array.from({ length: 10 }, () => new Line());
    for (let i = 0; i < 100; i++) {
      send(lines[i % 10], `${i}`, 10 * KB);
      expect(taken()).toEqual([`${i}`]);
      round();
    }
    expect(turns.clientsWaiting).toBe(0);
  });

  it("lets a client wait for itself once it has had its part, and the others pass", () => {
    const { send, round, taken } = scripted();
    const [flood, other] = [new Line(), new Line()];
    for (let i = 0; i < 5; i++) send(flood, `f${i}`, 180 * KB);
    send(other, "o", 10 * KB);
    send(flood, "f5", KB);
    expect(taken()).toEqual(["f0", "f1", "f2", "o"]);
    round();
    expect(taken()).toEqual(["f3", "f4", "f5"]);
  });

  it("takes in what waits round by round, equal bytes of each client, in each client's own order", () => {
    const { send, round, taken, exhaust } = scripted();
    const [a, b, c] = [new Line(), new Line(), new Line()];
    exhaust();
    for (let i = 0; i < 12; i++) send(a, `a${i}`, 64 * KB);
    for (let i = 0; i < 3; i++) send(b, `b${i}`, 128 * KB);
    send(c, "c0", KB);
    expect(taken()).toEqual(["all at once"]);
    let rounds = 0;
    const order: string[] = [];
    for (; round(); rounds++) order.push(...taken());
    expect(order.filter((name) => name.startsWith("a"))).toEqual(Array.from({ length: 12 }, (_, i) => `a${i}`));
    // By the time that b has had its 384 KB, a has had no more than that and a quantum; c did not wait for either.
    expect(order.slice(0, order.indexOf("b2")).filter((name) => name.startsWith("a")).length).toBeLessThanOrEqual(8);
    expect(order.indexOf("c0")).toBeLessThanOrEqual(4);
    // 1153 KB, about 6 ms of work, in turns of 4 ms.
    expect(rounds).toBe(2);
  });

  it("gives the event loop air every few milliseconds", () => {
    const { send, round, taken, exhaust } = scripted();
    const line = new Line();
    exhaust();
    for (let i = 0; i < 20; i++) send(line, `${i}`, 100 * KB);
    taken();
    const perRound: number[] = [];
    while (round()) perRound.push(taken().length);
    expect(perRound).toEqual([8, 8, 4]);
  });

  it("makes a client that had a huge request sit out until the others have had as much", () => {
    const { send, round, taken, exhaust } = scripted();
    const [huge, small] = [new Line(), new Line()];
    exhaust();
    send(huge, "h0", 1024 * KB);
    send(huge, "h1", 1024 * KB);
    for (let i = 0; i < 30; i++) send(small, `s${i}`, 64 * KB);
    const order: string[] = [];
    while (round()) order.push(...taken());
    const between = order.slice(order.indexOf("h0") + 1, order.indexOf("h1"));
    expect(between.length * 64).toBeGreaterThanOrEqual(800);
    expect(order.slice(1)).toHaveLength(32);
  });

  it("forgets what was cancelled", () => {
    const { send, round, taken, turns, exhaust } = scripted();
    const [a, b] = [new Line(), new Line()];
    exhaust();
    const gone = send(a, "gone", KB);
    send(b, "stays", KB);
    turns.cancel(a, gone);
    turns.cancel(a, gone);
    expect(turns.clientsWaiting).toBe(1);
    taken();
    while (round());
    expect(taken()).toEqual(["stays"]);
  });

  it("bounds what all clients together have taken in at once", () => {
    const { send, round, taken } = scripted();
    for (let i = 0; i < 60; i++) send(new Line(), `${i}`, 100 * KB);
    const atOnce = taken().length;
    expect(atOnce).toBe(41);
    round();
    expect(taken()).toHaveLength(8);
  });

  it("takes everything in exactly once, whatever comes when", () => {
    const { send, round, taken, turns } = scripted();
    const lines = Array.from({ length: 7 }, () => new Line());
    const sent: string[] = [];
    const order: string[] = [];
    let state = 1;
    const random = (below: number) => {
      state = (state * 48271) % 2147483647;
      return state % below;
    };
    for (let i = 0; i < 3000; i++) {
      const client = random(7);
      sent.push(`${client}/${i}`);
      send(lines[client], `${client}/${i}`, random(3000) * KB);
      if (random(4) === 0) round();
      order.push(...taken());
    }
    while (round()) order.push(...taken());
    expect(turns.clientsWaiting).toBe(0);
    for (let client = 0; client < 7; client++) {
      const of = (names: string[]) => names.filter((name) => name.startsWith(`${client}/`));
      expect(of(order)).toEqual(of(sent));
    }
  });
});
