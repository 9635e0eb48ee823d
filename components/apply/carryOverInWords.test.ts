import { describe, expect, it } from "vitest";
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { addCarryOvers, carryOverInWords } from "./carryOverInWords.ts";

const NONE: CarryOver = { tracesCarriedOver: 0, spansCarriedOver: 0, tracesDecidedEarly: 0, spansDecidedEarly: 0, spansLost: 0 };

describe("what was carried over", () => {
  it("is told in traces and spans", () => {
    expect(carryOverInWords({ ...NONE, tracesCarriedOver: 1234, spansCarriedOver: 8210 })).toBe(
      "1,234 waiting traces (8,210 spans) carried over, 0 decided early, ",
    );
    expect(carryOverInWords({ ...NONE, tracesCarriedOver: 1, spansCarriedOver: 1, tracesDecidedEarly: 2, spansDecidedEarly: 9 })).toBe(
      "1 waiting trace (1 span) carried over, 2 decided early (9 spans), ",
    );
  });

  it("is nothing where nothing waited", () => expect(carryOverInWords(NONE)).toBe("no trace was waiting, "));

  it("adds up over the collectors that tell it", () => {
    const one = { ...NONE, tracesCarriedOver: 2, spansCarriedOver: 5, spansLost: 1 };
    expect(addCarryOvers([one, null, one])).toEqual({ ...NONE, tracesCarriedOver: 4, spansCarriedOver: 10, spansLost: 2 });
    expect(addCarryOvers([null])).toBeNull();
  });
});
