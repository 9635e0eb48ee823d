import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextBatchSize } from "./nextBatchSize.ts";

const sizing = { sizeMin: 512, sizeMax: 8192, growWhenQueueAbove: 10_000, shrinkWhenQueueBelow: 1_000 };

describe("nextBatchSize", () => {
  it("doubles above the upper mark, halves below the lower one, and stays in between", () => {
    expect([10_001, 10_000, 1_000, 999].map((queued) => nextBatchSize(sizing, 2048, queued))).toEqual([4096, 2048, 2048, 1024]);
  });

  it("never leaves its bounds, whatever it was before", () => {
    fc.assert(
      fc.property(fc.nat(2_000_000), fc.nat(2_000_000), (size, queued) => {
        const next = nextBatchSize(sizing, size, queued);
        expect(next).toBeGreaterThanOrEqual(512);
        expect(next).toBeLessThanOrEqual(8192);
      }),
    );
  });
});
