import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibrate } from "./calibrate.ts";

describe("calibrate", () => {
  it("finds the line that two months lie on, without an interval", () => {
    const found = calibrate([
      { units: 10_000, micro: 15_000e6 },
      { units: 642, micro: 3000e6 },
    ]);
    expect(found).toMatchObject({ fixedHalfWidth: null, perUnitHalfWidth: null, heldAtZero: null });
    if ("problem" in found) throw new Error(found.problem);
    expect(found.fixedMicroPerMonth + found.microPerUnit * 10_000).toBeCloseTo(15_000e6, 0);
    // The fixed share of case 4.
    expect(found.fixedMicroPerMonth / 15_000e6).toBeCloseTo(0.1451, 4);
  });

  it("covers the true parts in about 95 of 100 series with noise", () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    let fixedCovered = 0;
    let perUnitCovered = 0;
    const runs = 2000;
    for (let run = 0; run < runs; run++) {
      const bills = Array.from({ length: 8 }, () => {
        const units = 100 + random() * 900;
        return { units, micro: 5e9 + 2e6 * units + 5e7 * normal() };
      });
      const found = calibrate(bills);
      if ("problem" in found) throw new Error(found.problem);
      if (Math.abs(found.fixedMicroPerMonth - 5e9) <= (found.fixedHalfWidth ?? 0)) fixedCovered++;
      if (Math.abs(found.microPerUnit - 2e6) <= (found.perUnitHalfWidth ?? 0)) perUnitCovered++;
    }
    for (const covered of [fixedCovered, perUnitCovered]) expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.02);
  });

  it("never says that a part is negative", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ units: fc.integer({ min: 0, max: 1e6 }), micro: fc.integer({ min: 0, max: 1e12 }) }), { minLength: 2, maxLength: 12 }),
        (bills) => {
          const found = calibrate(bills);
          if ("problem" in found) return;
          expect(found.fixedMicroPerMonth).toBeGreaterThanOrEqual(0);
          expect(found.microPerUnit).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("says what is missing", () => {
    expect(calibrate([{ units: 1, micro: 1 }])).toEqual({ problem: expect.stringContaining("two months") });
    expect(
      calibrate([
        { units: 5, micro: 1 },
        { units: 5, micro: 2 },
      ]),
    ).toEqual({ problem: expect.stringContaining("same volume") });
    expect(
      calibrate([
        { units: 5, micro: 1 },
        { units: -5, micro: 2 },
      ]),
    ).toEqual({ problem: expect.stringContaining("month 2") });
  });
});
