import { expect, it } from "vitest";
import { knownSilence } from "./knownSilence.ts";

const HOUR = 3_600_000;
const watch = (key: string, silentH: number) => ({ key, sinceMs: 100 * HOUR, untilMs: (100 + silentH) * HOUR, lastMatchedMs: null });
const about = { keys: ["a", "b", "c"], kept: [watch("a", 9), watch("b", 9)], watchedMs: [60_000, null, 70_000], matchedPerS: [0, 0, 0], nowMs: 109 * HOUR };

it("takes the longer of what is kept and what the page has watched", () => {
  const told = { silentMs: 9 * HOUR, measuredSinceMs: 100 * HOUR };
  expect(knownSilence(about)).toEqual([told, told, { silentMs: 70_000, measuredSinceMs: null }]);
  expect(knownSilence({ ...about, watchedMs: [10 * HOUR, null, null] })[0]).toEqual({ silentMs: 10 * HOUR, measuredSinceMs: null });
});

it("says nothing of a tier that matches right now, or of which only old news is kept", () => {
  expect(knownSilence({ ...about, matchedPerS: [0.1, 0, 0] })[0]).toBeNull();
  expect(knownSilence({ ...about, matchedPerS: undefined, nowMs: 111 * HOUR, watchedMs: [null, null, null] })).toEqual([null, null, null]);
});
