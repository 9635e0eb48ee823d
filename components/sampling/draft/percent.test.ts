import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shiftDecimal } from "./decimal.ts";
import { formatPercent, parsePercent, percentDigits } from "./percent.ts";

describe("per cent", () => {
  it("reads 0.01 % to 100 % exactly as the digits say", () => {
    expect(parsePercent("0.01 %")).toBe(0.0001);
    expect(parsePercent("1%")).toBe(0.01);
    expect(parsePercent("7")).toBe(0.07);
    expect(parsePercent("0,5")).toBe(0.005);
    expect(parsePercent("29")).toBe(0.29);
    expect(parsePercent("57")).toBe(0.57);
    expect(parsePercent("100")).toBe(1);
    expect(parsePercent("1e1")).toBe(0.1);
  });

  it("reads what is out of range too, so that the field can say so", () => {
    expect(parsePercent("150 %")).toBe(1.5);
    expect(parsePercent("-1")).toBe(-0.01);
  });

  it("refuses what is no number", () => {
    for (const text of ["", "%", "abc", "1 2", "1.2.3", "1,000.5", "--1", "."]) expect(parsePercent(text)).toBeUndefined();
  });

  it("gives back every hundredth of a per cent from 0 to 100", () => {
    for (let hundredths = 0; hundredths <= 10_000; hundredths++) {
      const text = shiftDecimal(String(hundredths), -2) ?? "";
      expect(percentDigits(parsePercent(text) ?? Number.NaN)).toBe(text);
    }
  });

  it("gives back any ratio from its own digits", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (ratio) => parsePercent(percentDigits(ratio)) === ratio || Object.is(ratio, -0)));
  });

  it("shows tiny ratios without an exponent", () => {
    expect(formatPercent(1e-7)).toBe("0.00001%");
    expect(formatPercent(0.5)).toBe("50%");
    expect(formatPercent(0)).toBe("0%");
  });
});
