import { describe, expect, it } from "vitest";
import type { TierEstimate } from "#domain/sampling/estimateChange.ts";
import { changeInWords, computation, reasonsOf, shareChange, shareInWords } from "./changeInWords.ts";

describe("changeInWords", () => {
  it("says by how much, and what is missing as missing", () => {
    expect(changeInWords(7602, 6134)).toEqual({ text: "−19%", direction: "less" });
    expect(changeInWords(100, 150)).toEqual({ text: "+50%", direction: "more" });
    expect(changeInWords(100, 1000)).toEqual({ text: "×10", direction: "more" });
    expect(changeInWords(100, 100.01)).toEqual({ text: "same", direction: "same" });
    expect(changeInWords(0, 0)).toEqual({ text: "same", direction: "same" });
    expect(changeInWords(0, 5)).toEqual({ text: "from 0", direction: "more" });
    expect(changeInWords(5, 0)).toEqual({ text: "−100%", direction: "less" });
    expect(changeInWords(null, 5)).toEqual({ text: "—", direction: "unknown" });
  });
});

describe("a tier's share", () => {
  it("is what was set, what a budget comes to, or the budget where that is not known", () => {
    expect(shareInWords(0.0001, { kind: "ratio", ratio: 0.0001 })).toBe("0.01%");
    expect(shareInWords(0.123456, { kind: "budget", spansPerSecond: 200 })).toBe("12%");
    expect(shareInWords(null, { kind: "budget", spansPerSecond: 200 })).toBe("≤ 200/s");
    expect(shareInWords(null, null)).toBe("—");
  });

  it("changes in points, and only where both sides are known", () => {
    expect(shareChange(0.5, 0.25)).toBe("−25 pts");
    expect(shareChange(1, 1)).toBe("same");
    expect(shareChange(0.5, null)).toBe("—");
  });
});

describe("computation", () => {
  const budget: TierEstimate = {
    name: "busy",
    exact: true,
    reason: null,
    runningName: "busy",
    ratioBefore: 1,
    ratioAfter: 0.4,
    keepBefore: { kind: "ratio", ratio: 1 },
    keepAfter: { kind: "budget", spansPerSecond: 200 },
    matchedPerS: 1_000,
    keptBeforePerS: 1_000,
    keptAfterPerS: 400,
    bytesKeptBeforePerS: 1,
    bytesKeptAfterPerS: 1,
    atMost: true,
  };
  it("names the budget of each collector, and what they keep together", () => {
    expect(computation(budget)).toBe("1,000/s match, 200/s is the budget of each collector: at most 400/s");
    expect(computation({ ...budget, keepAfter: { kind: "ratio", ratio: 0.4 } })).toBe("1,000/s × 40% = 400/s");
    expect(computation({ ...budget, ratioAfter: 1, keptAfterPerS: 1_000 })).toBe("1,000/s kept of 1,000/s, as measured");
    expect(computation({ ...budget, matchedPerS: null })).toBe("not known");
  });
});

describe("reasonsOf", () => {
  it("says a reason once, with all the tiers it holds for", () => {
    const because = (name: string, reason: string) => ({ name, reason });
    expect(reasonsOf([because("a", "moved"), because("b", "new"), because("c", "moved")])).toEqual([
      { reason: "moved", names: ["a", "c"] },
      { reason: "new", names: ["b"] },
    ]);
  });
});
