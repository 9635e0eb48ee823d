import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExponentialHistogram, HISTOGRAM_BUCKETS_MAX, HISTOGRAM_SCALE_MAX } from "./exponentialHistogram.ts";
import { histogramSnapshotSchema } from "./measurement.ts";

const seconds = fc.oneof(
  fc.double({ min: 1e-9, max: 1e5, noNaN: true }),
  fc.double({ min: 1e-3, max: 2e-3, noNaN: true }),
  fc.constantFrom(0, -1, 1, 2, 0.5, Number.MIN_VALUE, 1e300),
);
const values = fc.array(seconds, { maxLength: 60 });

function of(recorded: readonly number[]): ExponentialHistogram {
  const histogram = new ExponentialHistogram();
  for (const value of recorded) histogram.record(value);
  return histogram;
}

function merged(...histograms: ExponentialHistogram[]): ExponentialHistogram {
  const all = new ExponentialHistogram();
  for (const histogram of histograms) all.merge(histogram);
  return all;
}

/** Everything but the sum, which is a float and so depends on the order by a rounding. */
function shape(histogram: ExponentialHistogram) {
  const { sum: _, ...rest } = histogram.snapshot();
  return rest;
}

describe("exponential histogram", () => {
  it("merges to the same whatever is merged first", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const left = merged(merged(of(a), of(b)), of(c));
        const right = merged(of(a), merged(of(b), of(c)));
        expect(shape(left)).toEqual(shape(right));
        expect(shape(merged(of(c), of(a), of(b)))).toEqual(shape(left));
        expect(left.sum).toBeCloseTo(right.sum, 6);
      }),
    );
  });

  it("merges to exactly what recording everything in one would have given", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(shape(merged(of(a), of(b)))).toEqual(shape(of([...a, ...b])));
      }),
    );
  });

  it("gives every quantile within its relative error bound of the true one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (recorded, q) => {
          const histogram = of(recorded);
          const sorted = [...recorded].sort((a, b) => a - b);
          const truth = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
          const error = Math.abs((histogram.quantile(q) ?? Number.NaN) - truth) / truth;
          expect(error).toBeLessThanOrEqual(histogram.relativeErrorMax() + 1e-9);
        },
      ),
    );
  });

  it("is within 5% for latencies between 1 ms and 1 s", () => {
    const histogram = of(Array.from({ length: 1000 }, (_, index) => 0.001 * 1000 ** (index / 999)));
    expect(histogram.relativeErrorMax()).toBeLessThan(0.05);
  });

  it("never needs more than 160 buckets, however far apart the values are", () => {
    const histogram = of([Number.MIN_VALUE, Number.MAX_VALUE, 1]);
    expect(histogram.snapshot().counts.length).toBeLessThanOrEqual(HISTOGRAM_BUCKETS_MAX);
    expect(histogram.count).toBe(3);
    expect(histogram.quantile(1)).toBe(Number.MAX_VALUE);
  });

  it("puts powers of two at the upper bound of their bucket", () => {
    const histogram = of([1, 2, 4, 1e-9]);
    histogram.downscale(histogram.scale);
    const { offset, counts } = histogram.snapshot();
    // At scale 0, bucket i covers (2^i, 2^(i+1)]: 1 is in −1, 2 in 0, 4 in 1.
    expect([counts[-1 - offset], counts[0 - offset], counts[1 - offset]]).toEqual([1, 1, 1]);
  });

  it("keeps the count when it is made coarser", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 12 }), (recorded, steps) => {
        const histogram = of(recorded);
        histogram.downscale(steps);
        const { counts, zeroCount, count } = histogram.snapshot();
        expect(counts.reduce((sum, bucket) => sum + bucket, zeroCount)).toBe(count);
      }),
    );
  });

  it("survives a snapshot, which its schema takes", () => {
    fc.assert(
      fc.property(values, (recorded) => {
        const snapshot = of(recorded).snapshot();
        expect(histogramSnapshotSchema.safeParse(snapshot).success).toBe(true);
        expect(ExponentialHistogram.fromSnapshot(snapshot).snapshot()).toEqual(snapshot);
      }),
    );
  });

  it("takes a snapshot with more buckets than its own by making them wider", () => {
    const snapshot = { scale: 3, count: 320, sum: 1, min: 1, max: 1e9, zeroCount: 0, offset: 0, counts: new Array<number>(320).fill(1) };
    const histogram = ExponentialHistogram.fromSnapshot(snapshot);
    expect(histogram.scale).toBe(2);
    expect(histogram.snapshot().counts).toEqual(new Array(160).fill(2));
  });

  it("is empty after a reset, and at its finest again", () => {
    const histogram = of([0, 1e-6, 1e6]);
    histogram.reset();
    expect(histogram.snapshot()).toEqual(new ExponentialHistogram().snapshot());
    expect(histogram.scale).toBe(HISTOGRAM_SCALE_MAX);
    expect(histogram.quantile(0.5)).toBeNull();
  });

  it("counts zero and less as zero and leaves out what is no number", () => {
    const histogram = of([0, -5, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(histogram.snapshot()).toMatchObject({ count: 2, zeroCount: 2, min: 0, max: 0 });
    expect(histogram.quantile(0.5)).toBe(0);
  });
});
