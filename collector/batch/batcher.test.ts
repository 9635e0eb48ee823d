import { beforeEach, describe, expect, it } from "vitest";
import { BATCH_HEADROOM, type Batch } from "../deliver/batch.ts";
import { ManualClock } from "../manualClock.ts";
import { BATCH_BUFFER_BYTES, BatchBuffers } from "./batchBuffers.ts";
import { Batcher } from "./batcher.ts";

let clock: ManualClock;
let sealed: Batch[];
let batcher: Batcher;
let queued: number;
const sized = (size: number) => ({ sizeMin: size, sizeMax: size, timeoutMs: 100, growWhenQueueAbove: 1000, shrinkWhenQueueBelow: 100 });
beforeEach(() => {
  clock = new ManualClock();
  sealed = [];
  queued = 0;
  let number = 0;
  batcher = new Batcher({ settings: sized(10), clock, queued: () => queued, number: () => number++, sealed: (batch) => sealed.push(batch) });
});

/** As the intake does it: reserve the most, write what it takes, commit. */
function add(text: string, spans: number, slack = 0): void {
  const at = batcher.reserve(spans, text.length + slack);
  batcher.commit(at + batcher.buffer.write(text, at, "latin1"), spans);
}
const texts = () => sealed.map((batch) => batch.buffer.toString("latin1", BATCH_HEADROOM, batch.end));

describe("Batcher", () => {
  it("joins requests into one batch and seals it when it is full", () => {
    add("aaa", 4, 50);
    add("bb", 4);
    expect(sealed).toHaveLength(0);
    add("c", 2);
    expect(texts()).toEqual(["aaabbc"]);
    expect(sealed[0].spans).toBe(10);
  });

  it("seals before a request that would not fit, and never splits one", () => {
    add("aaa", 8);
    add("bbb", 8);
    expect(texts()).toEqual(["aaa"]);
    add("c", 25);
    expect(texts()).toEqual(["aaa", "bbb", "c"]);
  });

  it("seals after the time-out, counted from the first span", async () => {
    add("a", 1);
    await clock.advance(60);
    add("b", 1);
    await clock.advance(39);
    expect(sealed).toHaveLength(0);
    await clock.advance(1);
    expect(texts()).toEqual(["ab"]);
    expect(sealed[0].firstAt).toBe(0);
    await clock.advance(1000);
    expect(sealed).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("seals before a batch outgrows 4 MiB, and takes a single request that is larger", () => {
    batcher.configure(sized(1_000_000));
    const large = "x".repeat(3_000_000);
    add(large, 1);
    add(large, 1);
    expect(sealed).toHaveLength(1);
    add("y".repeat(5_000_000), 1);
    add("z", 1);
    expect(texts().map((text) => [text[0], text.length])).toEqual([
      ["x", 3_000_000],
      ["x", 3_000_000],
      ["y", 5_000_000],
    ]);
  });

  it("keeps no more memory for a small batch than it needs", () => {
    add("a", 10);
    expect(sealed[0].buffer.length).toBeLessThan(100);
  });

  it("uses a buffer again only after its batch gave it back, once", () => {
    const full = "x".repeat(BATCH_BUFFER_BYTES - 100);
    add(full, 10);
    const [first] = sealed;
    add(full, 10);
    expect(sealed[1].buffer).not.toBe(first.buffer);
    first.release();
    first.release();
    add(full, 10);
    expect(sealed[2].buffer).toBe(first.buffer);
    add(full, 10);
    expect(sealed[3].buffer).not.toBe(first.buffer);
  });

  it("uses the buffer of a small batch again as well", () => {
    const small = "x".repeat(100_000);
    add(small, 10);
    const [first] = sealed;
    add(small, 10);
    expect(sealed[1].buffer).not.toBe(first.buffer);
    first.release();
    add("y".repeat(90_000), 10);
    expect(sealed[2].buffer).toBe(first.buffer);
    expect(texts()[2]).toBe("y".repeat(90_000));
  });

  it("takes new settings at once", () => {
    add("a", 5);
    batcher.configure(sized(3));
    expect(texts()).toEqual(["a"]);
    add("b", 3);
    expect(texts()).toEqual(["a", "b"]);
  });
});

describe("a batch's size", () => {
  const adaptive = { sizeMin: 2, sizeMax: 16, timeoutMs: 100, growWhenQueueAbove: 1000, shrinkWhenQueueBelow: 100 };
  /** One batch every 100 ms, for so long. */
  async function run(ms: number, spansQueued: number): Promise<number[]> {
    queued = spansQueued;
    const sizes: number[] = [];
    for (let passed = 0; passed < ms; passed += 100) {
      add("x", 1);
      await clock.advance(100);
      sizes.push(batcher.size);
    }
    return sizes;
  }

  beforeEach(() => {
    batcher = new Batcher({ settings: adaptive, clock, queued: () => queued, number: () => 0, sealed: (batch) => sealed.push(batch) });
  });

  it("begins small, doubles while the queue is above the upper mark, and stops at its bound", async () => {
    expect(batcher.size).toBe(2);
    await clock.advance(1000);
    const sizes = await run(1200, 5000);
    expect(new Set(sizes)).toEqual(new Set([4, 8, 16]));
    expect(sizes.at(-1)).toBe(16);
  });

  it("halves only after the queue stayed low for five seconds, once every five seconds, down to its bound", async () => {
    await clock.advance(1000);
    await run(1200, 5000);
    expect(new Set(await run(4900, 50))).toEqual(new Set([16]));
    expect((await run(300, 50)).at(-1)).toBe(8);
    expect(new Set(await run(4700, 50))).toEqual(new Set([8]));
    expect((await run(12_000, 50)).at(-1)).toBe(2);
  });

  it("does not swing where the queue goes up and down between the marks, or is low for moments", async () => {
    await clock.advance(1000);
    await run(400, 5000);
    const before = batcher.size;
    for (let i = 0; i < 20; i++) {
      await run(2000, 50);
      await run(500, 500);
    }
    expect(batcher.size).toBe(before);
  });
});

describe("logged batches", () => {
  it("say which records of the write-ahead log hold them, and are never mixed with others", () => {
    const commit = (logged: number | undefined) => batcher.commit(batcher.reserve(3, 1) + 1, 3, logged);
    commit(7);
    commit(8);
    expect(() => commit(undefined)).toThrow("as a whole");
    batcher.seal();
    commit(undefined);
    batcher.seal();
    expect(sealed.map(({ logged }) => logged)).toEqual([{ from: 7, to: 9 }, undefined]);
  });
});

describe("BatchBuffers", () => {
  it("keeps a bounded number of bytes, and nothing that is too small or too large", () => {
    const buffers = new BatchBuffers();
    const taken = [BATCH_BUFFER_BYTES, 100_000, 1000, BATCH_BUFFER_BYTES + 1].flatMap((bytes) => Array.from({ length: 300 }, () => buffers.take(bytes)));
    for (const buffer of taken.reverse()) buffers.give(buffer);
    expect(buffers.retainedBytes).toBe(8 * BATCH_BUFFER_BYTES);
    for (let count = 0; count < 8 * 32; count++) buffers.take(100_000);
    expect(buffers.retainedBytes).toBe(0);
  });

  it.each([1, 65_535, 65_536, 65_537, 220_005, BATCH_BUFFER_BYTES, BATCH_BUFFER_BYTES + 1])("takes %d bytes with less than 64 KiB more", (bytes) => {
    const { length } = new BatchBuffers().take(bytes);
    expect(length).toBeGreaterThanOrEqual(bytes);
    expect(length - bytes).toBeLessThan(65_536);
  });
});
