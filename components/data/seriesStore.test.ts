import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { livePoint } from "#domain/telemetry/livePointTestData.ts";
import { createSeriesStore, newestPoint } from "./seriesStore.ts";

const at = (second: number, receivedPerS = second) => livePoint({ atMs: second * 1000, receivedPerS });

describe("seriesStore", () => {
  it("is empty until something comes", () => expect(createSeriesStore().view()).toEqual({ fromMs: 0, points: [], loaded: false }));

  it("ends with the newest second and has gaps for the missing ones", () => {
    const store = createSeriesStore(5);
    store.push(at(100));
    store.push(at(103));
    expect(store.view().fromMs).toBe(99_000);
    expect(store.view().points.map((point) => point?.receivedPerS ?? null)).toEqual([null, 100, null, null, 103]);
  });

  it("lets history complete what came live, and keeps what history does not know", () => {
    const store = createSeriesStore(4);
    store.push(at(102, 5));
    store.push(at(103, 7));
    store.load({ fromMs: 100_000, stepMs: 1000, points: [at(100), at(101), null, at(103, 99), null] });
    expect(store.view().points.map((point) => point?.receivedPerS ?? null)).toEqual([100, 101, 5, 99]);
    expect(store.view().loaded).toBe(true);
  });

  it("does not move on for nulls at the end of a history, nor take what is too old", () => {
    const store = createSeriesStore(3);
    store.load({ fromMs: 100_000, stepMs: 1000, points: [at(100), null, null] });
    expect(newestPoint(store.view())?.receivedPerS).toBe(100);
    store.push(at(50));
    expect(store.view().points.filter((point) => point !== null).length).toBe(1);
  });

  it("gives the same view until something changes", () => {
    const store = createSeriesStore();
    store.push(at(1));
    const before = store.view();
    expect(store.view()).toBe(before);
    store.push(at(2));
    expect(store.view()).not.toBe(before);
  });

  it("shows the same whatever order the seconds came in", () =>
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 40 }, (_, index) => 1000 + index)), (order) => {
        fc.pre(order.length > 0);
        const shuffled = createSeriesStore(30);
        const sorted = createSeriesStore(30);
        for (const second of order) shuffled.push(at(second));
        for (const second of [...order].sort((a, b) => a - b)) sorted.push(at(second));
        expect(shuffled.view().points).toEqual(sorted.view().points);
      }),
    ));
});
