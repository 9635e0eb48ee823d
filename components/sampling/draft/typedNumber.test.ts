import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldMib } from "./traceDraft.ts";
import { fieldNumber, typedNumber } from "./typedNumber.ts";

describe("a typed number", () => {
  it("reads thousands, decimals with a point and with a comma", () => {
    expect(typedNumber("500000")).toBe(500_000);
    expect(typedNumber(" 500,000 ")).toBe(500_000);
    expect(typedNumber("1 500 000")).toBe(1_500_000);
    expect(typedNumber("1,500.5")).toBe(1_500.5);
    expect(typedNumber("0.5", 3)).toBe(500);
    expect(typedNumber("0,5", 3)).toBe(500);
  });

  it("refuses what is no number", () => {
    for (const text of ["", " ", "ten", "1,00,000", "5 s", "--1", "1.2.3"]) expect(typedNumber(text)).toBeUndefined();
  });

  it("gives back what a field shows", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 50_000_000 }), (count) => typedNumber(fieldNumber(count)) === count));
    fc.assert(fc.property(fc.integer({ min: 0, max: 86_400_000 }), (ms) => typedNumber(fieldNumber(ms / 1000), 3) === ms));
  });

  it("shows bytes as MiB with no more decimals than they need", () => {
    expect(fieldMib(268_435_456)).toBe("256");
    expect(fieldMib(1_572_864)).toBe("1.5");
    fc.assert(
      fc.property(fc.integer({ min: 16_777_216, max: 68_719_476_736 }), (bytes) => Math.round((typedNumber(fieldMib(bytes)) ?? 0) * 1_048_576) === bytes),
    );
  });
});
