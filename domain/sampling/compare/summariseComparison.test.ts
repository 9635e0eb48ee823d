import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIVE_PRICE_DEFAULT } from "../../cost/livePrice.ts";
import { type ComparisonCounts, GROUPS, noComparison } from "./comparisonCounts.ts";
import { evenCounts } from "./comparisonTestData.ts";
import { forecastSchema } from "./forecast.ts";
import { MONTH_S, type SummaryInput, summariseComparison } from "./summariseComparison.ts";
import { toForecast } from "./toForecast.ts";

const about: Omit<SummaryInput, "collectors"> = { price: LIVE_PRICE_DEFAULT, hasBudget: false, waitsDiffer: false, scopesDiffer: false, recording: null };
const of = (counts: ComparisonCounts, windowMs = 600_000, more: Partial<SummaryInput> = {}) =>
  summariseComparison({ ...about, collectors: [{ counts, windowMs }], ...more });

/** Traces one by one, each kept or not by its draw, as consistent sampling does. */
function drawn(traces: number, spansOfTrace: (trace: number) => number, live: number, candidate: number, random: () => number): ComparisonCounts {
  const counts = noComparison();
  for (let trace = 0; trace < traces; trace++) {
    const draw = random();
    const spans = spansOfTrace(trace);
    const group = counts.groups[Math.floor(random() * GROUPS)];
    counts.seen.spans += spans;
    counts.compared.spans += spans;
    counts.units++;
    counts.total[draw < candidate ? "both" : draw < live ? "liveOnly" : "neither"].spans += spans;
    group.spans += spans;
    group.bytes += spans;
    if (draw < live) group.liveSpans += spans;
    if (draw < candidate) group.candidateSpans += spans;
  }
  return counts;
}

describe("summariseComparison", () => {
  it("says nothing before anything was compared", () => {
    expect(of(noComparison()).figures).toBeNull();
    expect(toForecast(of(noComparison()), { kind: "shadow", id: "1", untilMs: 0 })).toBeNull();
  });

  it("extends what was seen to a month and prices it", () => {
    const { figures, seenSpansPerS } = of(evenCounts({ spans: 1000, live: 0.5, candidate: 0.25 }), 16_000);
    expect(seenSpansPerS).toBe(1000);
    expect(figures?.keptShare.live.expected).toBeCloseTo(0.5);
    expect(figures?.keptShare.candidate.expected).toBeCloseTo(0.25);
    expect(figures?.keptShare.difference.expected).toBeCloseTo(-0.25);
    // 1000 spans/s of 100 bytes: 262.98 GB a month come, of which a quarter less is kept, at 0.50 USD per GB.
    expect(figures?.bytesPerMonth.difference.expected).toBeCloseTo(-0.25 * 100_000 * MONTH_S);
    expect(figures?.microUsdPerMonth.difference.expected).toBe(-32_872_500);
    expect(figures?.agreement).toBeCloseTo(0.75);
  });

  it("adds up the rates of collectors that counted for different times", () => {
    const counts = evenCounts({ spans: 1000, live: 1, candidate: 1 });
    const collectors = [16_000, 32_000].map((windowMs) => ({ counts, windowMs }));
    const { seenSpansPerS, seconds } = summariseComparison({ ...about, collectors });
    expect([seenSpansPerS, seconds]).toEqual([1500, 32]);
  });

  it("is never surer than the number of decisions allows: with all kept, the share is at least 1 − 3 / decisions", () => {
    const counts = evenCounts({ spans: 1, live: 1, candidate: 1 });
    const { figures } = of(counts);
    expect(figures?.keptShare.candidate).toEqual({ expected: 1, low: 1 - 3 / GROUPS, high: 1 });
  });

  it("names every reason why a figure is an estimate, and is exact only where all was compared and nothing follows a budget", () => {
    const counts = evenCounts({ spans: 10, live: 1, candidate: 0.5 });
    expect(of(counts)).toMatchObject({ seenIsExact: true, estimatedBecause: ["month"] });
    expect(of(counts, 60_000).estimatedBecause).toEqual(["month", "short"]);
    expect(of(counts, 600_000, { hasBudget: true })).toMatchObject({ seenIsExact: false, estimatedBecause: ["month", "budget"] });
    expect(of({ ...counts, seen: { spans: 200, bytes: 1 } })).toMatchObject({ seenIsExact: false, estimatedBecause: ["month", "sampled"] });
    expect(of({ ...counts, late: 1 })).toMatchObject({ seenIsExact: false, estimatedBecause: ["month", "late"] });
    expect(of(counts, 600_000, { waitsDiffer: true }).seenIsExact).toBe(false);
  });

  it("names what only a recording brings about, and is not exact where a policy asks for what was redacted", () => {
    const counts = evenCounts({ spans: 10, live: 1, candidate: 0.5 });
    const whole = { isPartial: false, isLess: false, isRedacted: false, hasGaps: false };
    const read = (recording: Partial<typeof whole>, more: Partial<ComparisonCounts> = {}) =>
      of({ ...counts, ...more }, 600_000, { recording: { ...whole, ...recording } });
    expect(read({})).toMatchObject({ seenIsExact: true, estimatedBecause: ["month"] });
    expect(read({ isPartial: true, isLess: true, hasGaps: true })).toMatchObject({ seenIsExact: true, estimatedBecause: ["month", "partial", "less", "gaps"] });
    expect(read({ isRedacted: true })).toMatchObject({ seenIsExact: false, estimatedBecause: ["month", "redacted"] });
    expect(read({}, { seen: { spans: 200, bytes: 1 } })).toMatchObject({ seenIsExact: false, estimatedBecause: ["month", "recorded"] });
  });

  it("gives a forecast of the candidate that the schema takes", () => {
    const forecast = toForecast(of(evenCounts({ spans: 100, live: 1, candidate: 0.5 })), { kind: "shadow", id: "1", untilMs: 5 });
    expect(forecastSchema.parse(forecast).keptShare.expected).toBeCloseTo(0.5);
    expect(forecast?.basis).toMatchObject({ kind: "shadow", collectors: 1, spans: 1600, untilMs: 5 });
  });

  it("has the true share within its interval about as often as it says, also where traces are unlike in size", () => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4294967296;
    };
    const runs = 400;
    let within = 0;
    for (let run = 0; run < runs; run++) {
      const { figures } = of(drawn(1500, (trace) => (trace % 10 === 0 ? 40 : 2), 0.5, 0.2, random));
      const share = figures?.keptShare.candidate;
      if (share && share.low <= 0.2 && share.high >= 0.2) within++;
    }
    // 95% ± 3 standard deviations of the count.
    expect(within / runs).toBeGreaterThan(0.917);
    expect(within / runs).toBeLessThan(0.985);
  });

  it("never says that the candidate keeps less than the running policy where it keeps all that it does", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const { figures } = of(evenCounts({ spans: 100, live: Math.min(a, b), candidate: Math.max(a, b) }));
        expect(figures?.keptShare.difference.expected).toBeGreaterThanOrEqual(-1e-12);
        for (const { low, expected, high } of Object.values(figures?.keptShare ?? {})) {
          expect(low).toBeLessThanOrEqual(expected + 1e-12);
          expect(high).toBeGreaterThanOrEqual(expected - 1e-12);
        }
      }),
    );
  });
});
