import { expect, it } from "vitest";
import { retryDelayMs, TRIES_MAX } from "./retryDelay.ts";

it("waits longer after each try that failed, gives up after about a day, and spreads by a quarter", () => {
  const waits = Array.from({ length: TRIES_MAX - 1 }, (_, tries) => retryDelayMs(tries + 1, 0.5) ?? 0);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
  expect(hours).toBeGreaterThan(20);
  expect(hours).toBeLessThan(26);
  expect(retryDelayMs(TRIES_MAX, 0.5)).toBeNull();
  expect([retryDelayMs(1, 0), retryDelayMs(1, 0.999_999)]).toEqual([3_750, 6_250]);
});
