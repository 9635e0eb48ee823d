import fc from "fast-check";
import { expect, it } from "vitest";
import { compilePattern, isPlainPattern } from "./textPattern.ts";

it("a plain pattern compiles, and is not found in the empty text", () => {
  const plain = fc.stringMatching(/^\^?[\w/ :.,@#=&%~^$*-]{0,12}\$?$/).filter(isPlainPattern);
  fc.assert(
    fc.property(plain, (pattern) => {
      expect(compilePattern(pattern)("")).toBe(false);
    }),
  );
  expect(["^/api/v1$", "a.b", "GET /cart"].map(isPlainPattern)).toEqual([true, true, true]);
  expect(["", "^", "a*", "(a", "a|b", "[a]", "\\d", "a?", "^$"].map(isPlainPattern)).toEqual(Array(9).fill(false));
});
