import { beforeEach, describe, expect, it } from "vitest";
import { BATCH_HEADROOM, type Batch } from "../deliver/batch.ts";
import { ManualClock } from "../manualClock.ts";
import { BATCH_BUFFER_BYTES, BatchBuffers } from "./batchBuffers.ts";
import { Batcher } from "./batcher.ts";

let clock: ManualClock;
let sealed: Batch[];
let batcher: Batcher;
beforeEach(() => {
  clock = new ManualClock();
  sealed = [];
  batcher = new Batcher({ sizeMax: 10, timeoutMs: 100 }, clock, (batch) => sealed.push(batch));
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
    batcher.configure({ sizeMax: 1_000_000, timeoutMs: 100 });
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

  it("takes new settings at once", () => {
    add("a", 5);
    batcher.configure({ sizeMax: 3, timeoutMs: 100 });
    expect(texts()).toEqual(["a"]);
    add("b", 3);
    expect(texts()).toEqual(["a", "b"]);
  });
});

describe("BatchBuffers", () => {
  it("keeps a bounded number of buffers", () => {
    const buffers = new BatchBuffers();
    const taken = Array.from({ length: 20 }, () => buffers.take(1));
    for (const buffer of taken) buffers.give(buffer);
    expect(buffers.retained).toBe(8);
  });
});
