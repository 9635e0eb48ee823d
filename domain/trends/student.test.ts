import { expect, it } from "vitest";
import { studentP, studentQuantile } from "./student.ts";

it.each([
  // Two-sided 1% and 5% points of the usual table.
  [1, 63.657, 12.706],
  [2, 9.925, 4.303],
  [3, 5.841, 3.182],
  [4, 4.604, 2.776],
  [5, 4.032, 2.571],
  [10, 3.169, 2.228],
])("Student's t with %i degrees of freedom has the quantiles of the table", (degrees, one, five) => {
  expect(studentQuantile(0.995, degrees)).toBeCloseTo(one, 2);
  expect(studentQuantile(0.975, degrees)).toBeCloseTo(five, 2);
  expect(studentP(0, degrees)).toBe(1);
  expect(studentP(-one, degrees)).toBeCloseTo(0.01, 4);
});
