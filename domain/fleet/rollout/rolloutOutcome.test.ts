import { expect, it } from "vitest";
import { APPLIED_MS, gateInput, side, windowAt, windows } from "./gates/gateTestData.ts";
import { rolloutOutcome } from "./rolloutOutcome.ts";

const PRICE = { microUsdPerGbKept: 1_000_000, microUsdPerCollectorHour: 5 };
const outcome = (over: Parameters<typeof gateInput>[0] = {}) => rolloutOutcome({ ...gateInput({ isLast: true, ...over }), price: PRICE, collectors: 2 });

it("what came stands beside what was and what was forecast, with the error", () => {
  const since = windows(30, (index) => windowAt(index, side({ kept: 300, bytesKept: 2e5 })));
  expect(outcome({ since, forecast: { low: 0.2, high: 0.3, expected: 0.25 } })).toEqual({
    keptShare: { before: 0.25, forecast: 0.25, came: 0.3, error: expect.closeTo(0.2) },
    // Of two collectors, in windows of ten seconds.
    spansPerS: { before: expect.closeTo(25), came: expect.closeTo(30) },
    costMicroUsdPerHour: { before: 36_010, came: 72_010 },
    cpuCores: { before: expect.closeTo(0.1), came: expect.closeTo(0.1) },
    overMs: 300_000,
  });
});

it("rates are true also when not everybody reported in each window, or one report tells of several", () => {
  const half = side({ reporting: 1, received: 500, kept: 125, seconds: 10 });
  const since = windows(30, (index) => windowAt(index, index % 2 === 0 ? side() : half));
  expect(outcome({ since }).spansPerS).toEqual({ before: expect.closeTo(25), came: expect.closeTo(25) });
});

it("what nobody measured is absent", () => {
  expect(outcome({ since: [], before: [], appliedAtMs: APPLIED_MS })).toMatchObject({
    keptShare: { before: null, came: null, error: null },
    spansPerS: { before: null, came: null },
    costMicroUsdPerHour: { before: null, came: null },
  });
});
