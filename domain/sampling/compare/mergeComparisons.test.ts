import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ComparisonCounts, comparisonCountsSchema, SERVICES_MAX, spansOf } from "./comparisonCounts.ts";
import { anyCounts } from "./comparisonTestData.ts";
import { mergeComparisons } from "./mergeComparisons.ts";

const services = ({ services: named, otherServices }: ComparisonCounts) => named.reduce((sum, { outcomes }) => sum + spansOf(outcomes), spansOf(otherServices));

describe("mergeComparisons", () => {
  it("gives the same in whatever order and grouping, also where services exceed their bound", () => {
    const many = anyCounts(SERVICES_MAX + 20);
    fc.assert(
      fc.property(many, many, many, (a, b, c) => {
        const whole = mergeComparisons([a, b, c]);
        expect(mergeComparisons([mergeComparisons([a, b]), c])).toEqual(whole);
        expect(mergeComparisons([a, mergeComparisons([b, c])])).toEqual(whole);
        expect(mergeComparisons([c, a, b])).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it("loses nothing and stays within what the schema takes", () => {
    fc.assert(
      fc.property(anyCounts(SERVICES_MAX + 20), anyCounts(30), (a, b) => {
        const merged = mergeComparisons([a, b]);
        expect(services(merged)).toBe(services(a) + services(b));
        expect(spansOf(merged.total)).toBe(spansOf(a.total) + spansOf(b.total));
        expect(comparisonCountsSchema.safeParse(merged).success).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
