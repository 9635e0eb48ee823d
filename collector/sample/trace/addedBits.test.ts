import fc from "fast-check";
import { expect, it } from "vitest";
import { addedBit, forEachAdded } from "./addedBits.ts";

function seen(bits: readonly number[], words: number, wanted: Int32Array): number[] {
  const found: number[] = [];
  forEachAdded(
    bits.reduce((added, bit) => addedBit(added, words, bit), 0),
    words,
    wanted,
    0,
    (bit) => found.push(bit),
  );
  return found.sort((a, b) => a - b);
}

it("gives back every comparison of a small policy, and the first three of a large one", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 31 })), fc.uniqueArray(fc.nat({ max: 255 })), (few, many) => {
      expect(seen(few, 1, Int32Array.of(-1))).toEqual([...few].sort((a, b) => a - b));
      expect(seen(many, 8, new Int32Array(8).fill(-1))).toEqual(many.slice(0, 3).sort((a, b) => a - b));
    }),
  );
});

it("leaves out what is not asked for", () => {
  expect(seen([0, 5, 31], 1, Int32Array.of(1 << 5))).toEqual([5]);
  expect(seen([0, 40, 70], 3, Int32Array.of(0, 1 << 8, 0))).toEqual([40]);
});
