import { describe, expect, it } from "vitest";
import { LIVE_PRICE_DEFAULT } from "#domain/cost/livePrice.ts";
import { noComparison } from "#domain/sampling/compare/comparisonCounts.ts";
import { evenCounts } from "#domain/sampling/compare/comparisonTestData.ts";
import { summariseComparison } from "#domain/sampling/compare/summariseComparison.ts";
import type { ShadowView } from "./compareTypes.ts";
import { shareText, verdictOf } from "./compareWords.ts";

const about = { price: LIVE_PRICE_DEFAULT, hasBudget: false, waitsDiffer: false, scopesDiffer: false };
const summary = (live: number, candidate: number, spans = 100_000) =>
  summariseComparison({ ...about, collectors: [{ counts: evenCounts({ spans, live, candidate }), windowMs: 600_000 }] });
const nothing = summariseComparison({ ...about, collectors: [{ counts: noComparison(), windowMs: 1 }] });
const sentence = (view: Parameters<typeof verdictOf>[0]) => {
  const { before, strong, after } = verdictOf(view);
  return before + strong + after;
};
const collector = (state: ShadowView["collectors"][number]["state"]) => ({ id: "1", name: "one", state, problem: null, reported: null });

describe("verdictOf", () => {
  it("says what would be kept instead, and what that is worth a month with its margin", () => {
    const view = { title: "checkout v4", state: "running" as const, summary: summary(0.25, 0.123), collectors: [] };
    expect(sentence(view)).toBe("checkout v4 would keep 12.3% instead of 25%: 89.1 GB and $44.53 a month less, ± $0.00066.");
  });

  it("says that a difference may be chance", () => {
    const view = { title: "v4", state: "ended" as const, summary: summary(0.25, 0.24, 1), collectors: [] };
    expect(sentence(view)).toContain("would have kept 24% instead of 25%");
    expect(sentence(view)).toContain("within what chance alone brings about");
  });

  it("says that both decide alike where they do", () => {
    const view = { title: "v4", state: "running" as const, summary: summary(0.25, 0.25), collectors: [] };
    expect(sentence(view)).toBe("v4 decides as what runs now, keeping 25%, on all 1,600,000 spans that were compared.");
  });

  it("tells an emptiness from the other", () => {
    const view = (state: ShadowView["state"], of: Parameters<typeof collector>[0]) => ({ title: "v4", state, summary: nothing, collectors: [collector(of)] });
    expect(sentence(view("running", "waiting"))).toContain("have not reported yet");
    expect(sentence(view("running", "running"))).toContain("No spans have been decided since it began");
    expect(sentence(view("running", "problem"))).toContain("None of the collectors could try it");
    expect(sentence(view("running", "refused"))).toContain("can't be tried beside what runs now");
    expect(sentence(view("running", "offline"))).toContain("None of the collectors is connected");
    expect(sentence(view("ended", "ended"))).toContain("before it ended");
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
