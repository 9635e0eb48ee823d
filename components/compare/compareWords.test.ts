import { describe, expect, it } from "vitest";
import { LIVE_PRICE_DEFAULT } from "#domain/cost/livePrice.ts";
import { noComparison } from "#domain/sampling/compare/comparisonCounts.ts";
import { evenCounts, replayFigures } from "#domain/sampling/compare/comparisonTestData.ts";
import { mergeReplays } from "#domain/sampling/compare/mergeReplays.ts";
import { summariseComparison } from "#domain/sampling/compare/summariseComparison.ts";
import type { ShadowView } from "./compareTypes.ts";
import { becauseWords, exactWords, verdictOf } from "./compareWords.ts";
import { shareText } from "./shareText.ts";

const about = { price: LIVE_PRICE_DEFAULT, hasBudget: false, waitsDiffer: false, scopesDiffer: false, recording: null };
const summary = (live: number, candidate: number, spans = 100_000) =>
  summariseComparison({ ...about, collectors: [{ counts: evenCounts({ spans, live, candidate }), windowMs: 600_000 }] });
const nothing = summariseComparison({ ...about, collectors: [{ counts: noComparison(), windowMs: 1 }] });
const sentence = (view: Parameters<typeof verdictOf>[0]) => {
  const { before, strong, after } = verdictOf(view);
  return before + strong + after;
};
const estimate = { expected: 1, low: 1, high: 1 };
const live = { replay: null, backMs: null, nowMs: 0 };
const collector = (state: ShadowView["collectors"][number]["state"]) => ({ id: "1", name: "one", state, problem: null, reported: null });

describe("verdictOf", () => {
  it("says what would be kept instead, and what that is worth a month with its margin", () => {
    const view = { title: "checkout v4", state: "running" as const, summary: summary(0.25, 0.123), collectors: [], ...live };
    expect(sentence(view)).toBe("checkout v4 would keep 12.3% instead of 25%: 89.1 GB and $44.53 a month less, ± $0.00066.");
  });

  it("says that a difference may be chance", () => {
    const view = { title: "v4", state: "ended" as const, summary: summary(0.25, 0.24, 1), collectors: [], ...live };
    expect(sentence(view)).toContain("would have kept 24% instead of 25%");
    expect(sentence(view)).toContain("within what chance alone brings about");
  });

  it("says that both decide alike where they do", () => {
    const view = { title: "v4", state: "running" as const, summary: summary(0.25, 0.25), collectors: [], ...live };
    expect(sentence(view)).toBe("v4 decides as what runs now, keeping 25%, on all 1,600,000 spans that were compared.");
  });

  it("tells an emptiness from the other", () => {
    const view = (state: ShadowView["state"], of: Parameters<typeof collector>[0]) => ({
      title: "v4",
      state,
      summary: nothing,
      collectors: [collector(of)],
      ...live,
    });
    expect(sentence(view("running", "waiting"))).toContain("have not reported yet");
    expect(sentence(view("running", "running"))).toContain("No spans have been decided since it began");
    expect(sentence(view("running", "problem"))).toContain("None of the collectors could try it");
    expect(sentence(view("running", "refused"))).toContain("can't be tried beside what runs now");
    expect(sentence(view("running", "offline"))).toContain("None of the collectors is connected");
    expect(sentence(view("ended", "ended"))).toContain("before it ended");
  });
});

describe("the words of a comparison over a recording", () => {
  const HOUR = 3_600_000;
  const nowMs = new Date(2026, 10, 29, 15).getTime();
  const untilMs = nowMs - HOUR;
  const figures = replayFigures({ fromMs: untilMs - 5 * HOUR - 58 * 60_000, untilMs, redacted: ["db.statement"] });
  const read = mergeReplays([{ collectorName: "one", figures }], 6 * HOUR);
  const of = { title: "v4", summary: summary(0.25, 0.123), collectors: [], backMs: 6 * HOUR, nowMs };
  const whole = { progress: 1, isPartial: false, read };

  it("say which hours the verdict is of, and how much of them was read", () => {
    expect(sentence({ ...of, state: "ended", replay: whole })).toBe(
      "v4 would have kept 12.3% instead of 25% over the recorded 5 h 58 min until 14:00: 89.1 GB and $44.53 a month less, ± $0.00066.",
    );
    expect(sentence({ ...of, state: "running", replay: { progress: 0.42, isPartial: true, read } })).toMatch(/^So far, 42% read: v4 would have kept 12.3%/);
    expect(sentence({ ...of, summary: summary(0.25, 0.25), state: "ended", replay: whole })).toBe(
      "v4 decides as what runs now, keeping 25%, on all 1,600,000 spans that were compared over the recorded 5 h 58 min until 14:00.",
    );
  });

  it("tell an emptiness from the other", () => {
    const none = { progress: 0, isPartial: false, read: null };
    const said = (state: ShadowView["state"], ...states: Parameters<typeof collector>[0][]) =>
      sentence({ ...of, summary: nothing, state, collectors: states.map(collector), replay: none });
    expect(said("running", "waiting")).toContain("have not begun to read yet");
    expect(said("running", "running", "waiting")).toContain("figures come with the first spans");
    expect(said("ended", "refused", "refused")).toContain("None of the collectors has a recording to try it over");
    expect(said("ended", "refused", "problem", "offline")).toContain("None of the collectors could try it");
    expect(said("ended", "ended")).toBe("Nothing was recorded in the last 6 h.");
    expect(said("stopped", "stopped")).toBe("Nothing was read before it ended.");
  });

  it("say of each reason what it comes to here", () => {
    const view = { ...of, state: "ended" as const, replay: whole, policy: { scope: "span" as const, tiers: [] }, startedAtMs: 0, endsAtMs: 20_000 };
    expect(becauseWords("partial", view)).toBe("The recording was not read to its end: the figures are of its oldest part.");
    expect(becauseWords("partial", { ...view, endsAtMs: 600_000 })).toContain("It was given up after ten minutes");
    expect(becauseWords("partial", { ...view, state: "running", endsAtMs: 600_000 })).toContain("not been read to its end yet");
    expect(becauseWords("month", view)).toContain("extend the recorded 5 h 58 min until 14:00 to a month");
    expect(becauseWords("redacted", view)).toBe(
      "A policy asks for db.statement, redacted in the recording: conditions on it were not answered as they are on live traffic.",
    );
    expect(becauseWords("less", view)).toBe("Less was recorded than asked for: 5 h 58 min instead of 6 h.");
    const sampled = { ...view.summary, counts: { ...view.summary.counts, seen: { spans: 16_000_000, bytes: 1 } }, seenIsExact: false };
    expect(becauseWords("recorded", { ...view, summary: sampled })).toContain("Of the spans that came in 10% were recorded");
    const keptShare = { live: estimate, candidate: estimate, difference: estimate };
    const all = { keptShare, keptSpansPerS: keptShare, keptBytesPerS: keptShare, bytesPerMonth: keptShare, microUsdPerMonth: keptShare, agreement: 0.9 };
    expect(exactWords({ summary: sampled, replay: whole }, all)).toBe(
      "1,600,000 of 16,000,000 spans that came in were compared (10%); they agree on 90% of them.",
    );
    expect(exactWords({ summary: view.summary, replay: whole }, all)).toMatch(/^Exact for what was recorded: .* 1,600,000 spans/);
  });
});

describe("shareText", () => {
  it.each([
    [0, "0%"],
    [0.123, "12.3%"],
    [1, "100%"],
    [0.00004, "<0.01%"],
    [0.0042, "0.42%"],
    [-0.127, "−12.7%"],
  ])("writes %f as %s", (share, text) => expect(shareText(share)).toBe(text));
});
