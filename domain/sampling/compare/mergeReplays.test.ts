import { describe, expect, it } from "vitest";
import { replayFigures } from "./comparisonTestData.ts";
import { GAPS_NAMED_MAX, mergeReplays } from "./mergeReplays.ts";

const HOUR = 3_600_000;

describe("mergeReplays", () => {
  it("is nothing of nobody", () => expect(mergeReplays([], HOUR)).toBeNull());

  it("reaches from the first beginning to the last end, and takes the least share", () => {
    const one = { collectorName: "a", figures: replayFigures({ fromMs: 0, untilMs: HOUR, recordedShare: 0.5, redacted: ["b", "c"], spans: 10, spansPerS: 5 }) };
    const other = {
      collectorName: "b",
      figures: replayFigures({ fromMs: HOUR / 2, untilMs: 1.5 * HOUR, recordedShare: 0.25, redacted: ["a", "b"], spans: 1 }),
    };
    for (const both of [
      [one, other],
      [other, one],
    ]) {
      expect(mergeReplays(both, HOUR)).toMatchObject({
        ...{
          fromMs: 0,
          untilMs: 1.5 * HOUR,
          recordedShare: 0.25,
          redacted: ["a", "b", "c"],
          shortestMs: HOUR,
          isLess: false,
          spans: 11,
          gaps: [],
          gapsLeftOut: 0,
        },
      });
    }
  });

  it("says that less was recorded than asked for where one of them reaches less far", () => {
    const of = (untilMs: number) => mergeReplays([{ collectorName: "a", figures: replayFigures({ fromMs: 0, untilMs }) }], HOUR)?.isLess;
    expect([of(HOUR), of(0.99 * HOUR), of(0.9 * HOUR), of(0)]).toEqual([false, false, true, true]);
  });

  it("names the longest gaps in their order of time, with whose they are, and counts the others", () => {
    const gaps = Array.from({ length: 15 }, (_, index) => ({ fromMs: index * 100, untilMs: index * 100 + index + 1, reason: "the disk was full" }));
    const merged = mergeReplays(
      ["b", "a"].map((collectorName) => ({ collectorName, figures: replayFigures({ gaps, gapsLeftOut: 3 }) })),
      HOUR,
    );
    expect(merged?.gaps).toHaveLength(GAPS_NAMED_MAX);
    expect(merged?.gapsLeftOut).toBe(6 + 30 - GAPS_NAMED_MAX);
    expect(merged?.gaps.slice(0, 2)).toEqual([
      { fromMs: 500, untilMs: 506, reason: "the disk was full", collectorName: "a" },
      { fromMs: 500, untilMs: 506, reason: "the disk was full", collectorName: "b" },
    ]);
  });
});
