import { describe, expect, it } from "vitest";
import { CASE_4, CASE_5, computeCase4, computeCase5 } from "./casePresets.ts";

describe("case 4", () => {
  it("gives 642 million spans a day, 11,600 USD, 14.5% fixed, and misses its target by 1,600 USD", () => {
    const found = computeCase4(CASE_4);
    expect(found.keptSpansPerDay).toBe(642e6);
    expect((found.volumeShare - 1) * 100).toBeCloseTo(-93.58, 10);
    expect(found.costMicro).toBe(11_600e6);
    expect((found.costShare - 1) * 100).toBeCloseTo(-76.8, 10);
    expect(found.fixedShare * 100).toBeCloseTo(14.51, 2);
    expect(found.missedMicro).toBe(1600e6);
    expect(found.figures.every(({ reason }) => reason !== "")).toBe(true);
  });
});

describe("case 5", () => {
  it("gives 65,400 USD for the stated prices and volumes instead of 6,540, and 57,400 when data moves", () => {
    const found = computeCase5(CASE_5);
    expect(found.statedMicro).toBe(6540e6);
    expect(found.atStatedVolumes.map(({ micro }) => micro)).toEqual([21_000e6, 30_000e6, 14_400e6]);
    expect(found.figures.find(({ name }) => name === "total")).toMatchObject({ stated: 6540e6, computed: 65_400e6 });
    // 10 TB a day: 7 days hot, 23 warm, 335 cold.
    expect(found.moved.map(({ terabytes, micro }) => [terabytes, micro])).toEqual([
      [70, 21_000e6],
      [230, 23_000e6],
      [3350, 13_400e6],
    ]);
    // Ten terabytes a day for 365 days are 3,650, not the stated 3,600.
    expect(found.copied.map(({ terabytes }) => terabytes)).toEqual([70, 300, 3650]);
  });
});
