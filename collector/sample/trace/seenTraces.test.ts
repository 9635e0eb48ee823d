import { expect, it } from "vitest";
import { FALSE_ALARM_ONE_IN, SeenTraces } from "./seenTraces.ts";

let state = 1;
function word(): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state ^ (state >>> 13);
}

it("never denies a trace that came, takes few for seen that did not, and says since when it remembers all", () => {
  let now = 1000;
  const seen = new SeenTraces(77, () => now);
  const ids = Array.from({ length: 1_500_000 }, (): [number, number, number, number] => [word(), word(), word(), word()]);
  for (const [index, id] of ids.entries()) {
    now = 1000 + index;
    seen.add(...id);
  }
  // Two generations of 700,000 are held at least in part; the first was given up.
  expect(seen.rememberedSinceMs).toBeGreaterThan(1000);
  const remembered = ids.slice((seen.rememberedSinceMs ?? 0) - 1000);
  expect(remembered.length).toBeGreaterThanOrEqual(700_000);
  expect(remembered.filter((id) => !seen.has(...id))).toEqual([]);
  let alarms = 0;
  for (let probe = 0; probe < 100_000; probe++) if (seen.has(word(), word(), word(), word())) alarms++;
  expect(alarms / 100_000).toBeLessThan(1.5 / FALSE_ALARM_ONE_IN);
});

it("remembers since the process started until it has to give something up", () => {
  const seen = new SeenTraces(1, () => 5);
  seen.add(1, 2, 3, 4);
  expect([seen.has(1, 2, 3, 4), seen.has(4, 3, 2, 1), seen.rememberedSinceMs]).toEqual([true, false, undefined]);
});
