import { expect, it } from "vitest";
import { FailedSignIns } from "./failedSignIns.ts";

it("records so many an hour, counts the rest, and says with the next one how many were left out", () => {
  let nowMs = 1;
  const failed = new FailedSignIns(() => nowMs, 3);
  expect([failed.take(), failed.take(), failed.take()]).toEqual([0, 0, 0]);
  for (let round = 0; round < 1_000; round++) expect(failed.take()).toBeNull();
  expect(failed.leftOut).toBe(1_000);
  nowMs += 3_600_000;
  expect([failed.take(), failed.take(), failed.take(), failed.take()]).toEqual([1_000, 0, 0, null]);
});
