import { describe, expect, it } from "vitest";
import { createCursorStore } from "./cursorStore.ts";
import { createFrameQueue } from "./frameQueue.ts";
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

  it("keeps the newest label where two would overlap, and both lines", () => {
    const placed = place(50_000, 52_000);
    expect(placed.map(({ marker, label }) => [marker.atMs, label])).toEqual([
      [52_000, "start"],
      [50_000, null],
    ]);
  });

  it("turns the label to the left at the right edge, and leaves out what is outside", () => {
    expect(place(99_000, 200_000).map(({ label }) => label)).toEqual(["end"]);
  });
});
