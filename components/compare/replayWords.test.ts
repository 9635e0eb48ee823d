import { describe, expect, it } from "vitest";
import { replayFigures } from "#domain/sampling/compare/comparisonTestData.ts";
import { mergeReplays } from "#domain/sampling/compare/mergeReplays.ts";
import { backText, gapLines, lengthText, partialWords, progressText, recordedText } from "./replayWords.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Noon of the reader's day. */
const NOON = new Date(2026, 10, 29, 12).getTime();
const read = (figures: Parameters<typeof replayFigures>[0], names = ["a"]) => {
  const merged = mergeReplays(
    names.map((collectorName) => ({ collectorName, figures: replayFigures(figures) })),
    HOUR,
  );
  if (merged === null) throw new Error("nothing was merged");
  return merged;
};

describe("lengthText", () => {
  it.each([
    [0, "0 s"],
    [38_400, "38 s"],
    [59_700, "1 min"],
    [42 * MINUTE, "42 min"],
    [59.8 * MINUTE, "1 h"],
    [6 * HOUR, "6 h"],
    [5 * HOUR + 58 * MINUTE, "5 h 58 min"],
    [48 * HOUR, "2 d"],
    [51 * HOUR, "2 d 3 h"],
  ])("writes %i ms as %s", (ms, text) => expect(lengthText(ms)).toBe(text));
});

describe("what a recording covers", () => {
  it("is said with its length and its end, and the date where that is not today", () => {
    expect(backText(6 * HOUR)).toBe("the last 6 h");
    const of = { fromMs: NOON - 5 * HOUR - 58 * MINUTE, untilMs: NOON };
    expect(recordedText(of, NOON + HOUR)).toBe("the recorded 5 h 58 min until 12:00");
    expect(recordedText(of, NOON + 24 * HOUR)).toBe("the recorded 5 h 58 min until 29 Nov, 12:00");
  });
});

describe("gapLines", () => {
  it("tells the longest in order of time, with the collector where there are several, and how many more", () => {
    const gaps = Array.from({ length: 7 }, (_, index) => ({ fromMs: NOON + index * HOUR, untilMs: NOON + index * HOUR + (index + 1) * MINUTE, reason: "x" }));
    expect(gapLines(read({ gaps: gaps.slice(0, 1) }), NOON)).toEqual(["12:00–12:01 (1 min): x"]);
    expect(gapLines(read({ gaps, gapsLeftOut: 3 }), NOON)).toEqual([
      "14:00–14:03 (3 min): x",
      "15:00–15:04 (4 min): x",
      "16:00–16:05 (5 min): x",
      "17:00–17:06 (6 min): x",
      "18:00–18:07 (7 min): x",
      "and 5 shorter",
    ]);
    expect(gapLines(read({ gaps: gaps.slice(0, 1) }, ["a", "b"]), NOON)).toEqual(["12:00–12:01 (1 min) at a: x", "12:00–12:01 (1 min) at b: x"]);
    expect(gapLines(read({}), NOON)).toEqual([]);
  });
});

describe("how far a replay is", () => {
  it("is said with what was read and how fast, once something was", () => {
    expect(progressText({ progress: 0.4199, isPartial: true, read: read({ spans: 12_300_000, spansPerS: 1_200_000 }) })).toBe(
      "41% read · 12.3M spans · 1.2M spans/s",
    );
    expect(progressText({ progress: 0, isPartial: true, read: null })).toBe("0% read");
  });

  it("goes before a verdict on a part of it, and says how it came to be a part", () => {
    const replay = { progress: 0.42, isPartial: true, read: null };
    expect(partialWords({ state: "running", replay })).toBe("So far, 42% read: ");
    expect(partialWords({ state: "stopped", replay })).toBe("Cancelled when 42% was read: ");
    expect(partialWords({ state: "ended", replay })).toBe("Only 42% was read: ");
    expect(partialWords({ state: "ended", replay: { ...replay, isPartial: false } })).toBe("");
    expect(partialWords({ state: "running", replay: null })).toBe("");
  });
});
