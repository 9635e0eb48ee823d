import { expect, it } from "vitest";
import { Admission } from "./admission.ts";

it("admits a burst, counts what it turns away, and admits again as time passes", () => {
  let now = 0;
  const admission = new Admission({ perSecond: 10, burst: 3, nowMs: () => now });
  expect([1, 2, 3, 4, 5].map(() => admission.admit())).toEqual([true, true, true, false, false]);
  expect(admission.refused).toBe(2);
  now = 100;
  expect([1, 2].map(() => admission.admit())).toEqual([true, false]);
  now = 60_000;
  expect([1, 2, 3, 4].map(() => admission.admit())).toEqual([true, true, true, false]);
});
