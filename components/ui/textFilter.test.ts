import { expect, it } from "vitest";
import { filterText, filterWords, hasWords } from "./textFilter.ts";

it("finds every word in any order and case, and none across two parts", () => {
  const text = filterText(["Checkout EU", "Olga"]);
  expect(hasWords(text, filterWords("olga  CHECK"))).toBe(true);
  expect(hasWords(text, filterWords("olga anna"))).toBe(false);
  expect(hasWords(text, filterWords("euolga"))).toBe(false);
  expect(hasWords(text, filterWords("  "))).toBe(true);
});
