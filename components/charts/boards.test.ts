import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCursorStore } from "./cursorStore.ts";
import { createFrameQueue } from "./frameQueue.ts";
import type { Marker, MarkerTone } from "./liveBoard.tsx";
import { markersNear } from "./markersNear.ts";
import { placeMarkers } from "./placeMarkers.ts";

describe("frameQueue", () => {
  it("draws a few panels in each frame, each once, in the order they asked", () => {
    const frames: (() => void)[] = [];
    const drawn: string[] = [];
    const queue = createFrameQueue((run) => frames.push(run), 2);
    for (const id of ["a", "b", "c", "a"]) queue.add(id, () => drawn.push(id));
    expect(frames.length).toBe(1);
    frames.shift()?.();
    expect(drawn).toEqual(["a", "b"]);
    frames.shift()?.();
    expect(drawn).toEqual(["a", "b", "c"]);
    expect(frames.length).toBe(0);
  });

  it("forgets a panel that left", () => {
    const frames: (() => void)[] = [];
    const queue = createFrameQueue((run) => frames.push(run));
    queue.add("gone", () => expect.unreachable());
    queue.remove("gone");
    frames.shift()?.();
    expect(queue.size()).toBe(0);
  });
});

describe("cursorStore", () => {
  it("tells nobody when the moment is the same", () => {
    const store = createCursorStore();
    let told = 0;
    store.subscribe(() => told++);
    store.set({ atMs: 1000, panel: "a" });
    store.set({ atMs: 1000, panel: "a" });
    store.set(null);
    expect(told).toBe(2);
  });
});

describe("placeMarkers", () => {
  const chart = { fromMs: 0, toMs: 100_000 };
  const place = (...at: number[]) =>
    placeMarkers(
      at.map((atMs) => ({ atMs, label: "revision 1" })),
      chart,
      (atMs) => atMs / 100,
      1000,
    );

  it("keeps both labels where the older finds room at its left, and both lines where it finds none", () => {
    const sides = (...at: number[]) => place(...at).map(({ atMs, side }) => [atMs, side]);
    expect(sides(50_000, 52_000)).toEqual([
      [52_000, "start"],
      [50_000, "end"],
    ]);
    expect(sides(46_000, 50_000, 52_000)).toEqual([
      [52_000, "start"],
      [50_000, null],
      [46_000, "end"],
    ]);
  });

  it("never lets two labels overlap, nor a label run into a mark or out of the chart", () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(100_000), tone: fc.constantFrom("bad" as const, "done" as const, undefined) }), { maxLength: 12 }),
        (some) => {
          const placed = placeMarkers(
            some.map(({ at, tone }) => ({ atMs: at, tone, label: "breaker open" })),
            chart,
            (atMs) => atMs / 100,
            1000,
          );
          const spans = placed.flatMap(({ x, side, label }) =>
            side === null ? [] : [side === "start" ? [x, x + label.length * 6] : [x - label.length * 6, x]],
          );
          for (const [from, to] of spans) {
            expect(from).toBeGreaterThanOrEqual(0);
            expect(to).toBeLessThanOrEqual(1000);
            expect(placed.filter(({ x }) => x > from && x < to)).toEqual([]);
          }
          for (const [at, [from, to]] of spans.entries()) expect(spans.filter(([f, t], other) => other !== at && f < to && from < t)).toEqual([]);
        },
      ),
    ));

  const change = (atMs: number, label: string, tone: MarkerTone) => ({ atMs, label, tone });
  const labels = (...markers: Marker[]) => placeMarkers(markers, chart, (atMs) => atMs / 100, 1000).map(({ label, tone, x }) => [label, tone, x]);

  it("draws changes that fall together as one, at the newest and under the word of the worst", () => {
    expect(labels(change(50_000, "closed", "done"), change(49_500, "half-open", "warn"), change(49_000, "breaker open", "bad"))).toEqual([
      ["breaker open +2", "bad", 500.5],
    ]);
    expect(labels(change(50_000, "closed", "done"), change(47_000, "breaker open", "bad"))).toHaveLength(2);
  });

  it("keeps revisions apart from changes that fall beside them", () => {
    expect(labels(change(50_000, "closed", "done"), { atMs: 49_900, label: "revision 2" }, change(49_800, "breaker open", "bad"))).toEqual([
      ["breaker open +1", "bad", 500.5],
      ["revision 2", undefined, 499.5],
    ]);
  });

  it("turns the label to the left at the right edge, and leaves out what is outside", () => {
    expect(place(99_000, 200_000).map(({ side }) => side)).toEqual(["end"]);
  });
});

describe("markersNear", () => {
  const marks = Array.from({ length: 9 }, (_, index) => ({ atMs: index * 1000, label: `mark ${index}` }));
  it("tells what is marked around a moment, the nearest first, and how much more there is", () => {
    expect(markersNear(marks, 4_100, 0)).toMatchObject({ shown: [{ atMs: 4000 }, { atMs: 5000 }, { atMs: 3000 }, { atMs: 6000 }], more: 1 });
    expect(markersNear(marks, 60_000, 5_000)).toEqual({ shown: [], more: 0 });
  });

  it("is met by a step of five seconds wherever the mark stands", () => {
    for (let atMs = 0; atMs <= 10_000; atMs += 100)
      expect([0, 5_000, 10_000].some((step) => markersNear([{ atMs, label: "one" }], step, 0).shown.length === 1)).toBe(true);
  });
});
