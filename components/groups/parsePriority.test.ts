import { expect, it } from "vitest";
import { parsePriority } from "./parsePriority.ts";

it("takes whole numbers within bounds, with any minus", () => {
  expect(["0", " 12 ", "-3", "−3", "10000"].map(parsePriority)).toEqual([0, 12, -3, -3, 10_000]);
  expect(["", "1.5", "x", "10001", "1e9"].map(parsePriority)).toEqual([null, null, null, null, null]);
});
