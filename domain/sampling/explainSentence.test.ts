import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainSentence } from "./explainSentence.ts";
import { DECISION_CAUSES, type DecidedExplanation, type Explanation, explanationSchema } from "./explanation.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const clock = (atMs: number) => new Date(atMs).toISOString().slice(11, 19);
const AT = Date.UTC(2026, 5, 1, 14, 31, 7);
type Decision = DecidedExplanation["decisions"][number];

const decision = (over: Partial<Decision> = {}): Decision => ({
  kept: true,
  tier: "errors",
  tierCondition: { kind: "status", is: "error" },
  keep: "ratio",
  ratio: 1,
  threshold: "00000000000000",
  randomness: "80000000000000",
  explicitRandomness: false,
  revision: 12,
  configHash: "ab",
  spans: 4,
  bytes: 900,
  decidedAtMs: AT,
  ...over,
});
const decided = (over: Partial<DecidedExplanation> = {}): DecidedExplanation => ({
  kind: "decided",
  traceId: ID,
  scope: "trace",
  decisions: [decision()],
  cause: "rootWait",
  witnesses: [{ condition: { kind: "status", is: "error" }, spanId: "5b8aa5a2d2c872e8", spanName: "POST /api/payment", service: "checkout" }],
  durationMs: 812,
  rootSeen: true,
  lateSpans: 0,
  firstSeenAtMs: AT - 2000,
  stages: { network: 1, processing: 1, decisionWait: 2000, serialization: 0.2, queueWait: 1200, export: 99.8 },
  delivery: "delivered",
  deliveryMessage: "",
  ...over,
});
const sampledOut = decision({ kept: false, tier: "default", tierCondition: { kind: "always" }, ratio: 0.01, threshold: "fd70a3d70a3d71" });
const notKept = decided({ decisions: [sampledOut], witnesses: [], cause: "wait", delivery: "notKept" });
const waiting: Explanation = {
  kind: "waiting",
  traceId: ID,
  spans: 1,
  bytes: 300,
  firstSeenAtMs: AT,
  decidesAtMs: AT + 10_000,
  rootSeen: false,
  tierNow: "default",
  revision: 12,
};
const others: Explanation[] = [
  { kind: "remembered", traceId: ID, kept: true, tier: "errors", threshold: "00000000000000", decidedAtMs: AT },
  { kind: "remembered", traceId: ID, kept: false, tier: "default", threshold: "never", decidedAtMs: AT },
  waiting,
  { kind: "forgotten", traceId: ID, keptForTraces: 100_000, falseAlarmOneIn: 1000 },
  { kind: "neverSeen", traceId: ID, sinceMs: AT },
  { kind: "unknown", traceId: ID, rememberedSinceMs: AT },
];
const whole = (explanation: Explanation) => {
  const { headline, details } = explainSentence(explanation, clock);
  return [headline, ...details].join(" ");
};

describe("explanation in words", () => {
  it("of a kept trace says the tier, the span that matched, the wait, the delivery and the revision", () => {
    expect(whole(decided())).toBe(
      "Kept: tier “errors” keeps everything. Span POST /api/payment of checkout (5b8aa5a2d2c872e8) has status error. " +
        "It waited 2.0 s for its spans, until some time after its root had come. Delivered 1.3 s later. Decided at 14:31:07. Revision 12.",
    );
  });

  it("of one that was sampled out says the share, that the draw missed it, and how to keep more", () => {
    expect(whole(notKept)).toBe(
      "Sampled out: tier “default” keeps 1% of its traces, and the draw did not fall on this one. No tier before it matched. " +
        "It waited 2.0 s for its spans, the whole decision wait. " +
        "To keep more like it, raise what the tier keeps, or put a tier for it before this one. Decided at 14:31:07. Revision 12.",
    );
  });

  it("tells a tier that keeps nothing from one whose draw missed the trace", () => {
    const nothing = decided({ decisions: [decision({ kept: false, tier: "health", ratio: 0, threshold: "never" })], delivery: "notKept" });
    expect(explainSentence(nothing, clock).headline).toBe("Sampled out: tier “health” keeps nothing.");
    expect(whole(nothing)).toContain("let the tier keep a share");
  });

  it("says of a budget tier what it kept at that time, and whose draw it was", () => {
    const budget = (over: Partial<Decision>) => explainSentence(decided({ decisions: [decision({ keep: "budget", ...over })] }), clock).headline;
    expect(budget({ tier: "default", ratio: 0.0340312, threshold: "f7", explicitRandomness: true })).toBe(
      "Kept: tier “default” kept 3.4% of its traces at that time, to stay within its budget, and the draw, which its sender gave it (rv), fell on this one.",
    );
    expect(budget({})).toBe("Kept: tier “errors” was within its budget and kept everything.");
  });

  it("says of a kept trace that was dropped that it is lost, why, and where to look", () => {
    const dropped = decided({ delivery: "dropped", deliveryMessage: "retry_exhausted: the backend answered UNAVAILABLE." });
    expect(explainSentence(dropped, clock).headline).toBe("Kept, but then dropped: tier “errors” keeps everything.");
    expect(whole(dropped)).toContain("Dropped before it was delivered: retry_exhausted: the backend answered UNAVAILABLE. Its spans are lost.");
  });

  it("says how far one has come that is not delivered yet", () => {
    expect(whole(decided({ delivery: "waiting", deliveryMessage: "there was no room in the queue yet" }))).toContain(
      "Not on its way to the backend yet: there was no room in the queue yet.",
    );
    expect(whole(decided({ delivery: "queued" }))).toContain("Not confirmed by the backend yet.");
  });

  it("says why a decision came early, and which bound to raise", () => {
    const early = (cause: DecidedExplanation["cause"]) => whole(decided({ cause, rootSeen: false }));
    expect(early("tracesMax")).toContain("decided early, after 2.0 s: as many traces waited as may. Raise tracesMax");
    expect(early("spansMax")).toContain("Raise spansMax");
    expect(early("bytesMax")).toContain("Raise bytesMax");
    expect(early("shutdown")).toContain("because the collector stopped. Its root had not come by then.");
    expect(new Set(DECISION_CAUSES.map(early)).size).toBe(DECISION_CAUSES.length);
  });

  it("counts the spans that came late", () => {
    expect(whole(decided({ lateSpans: 1 }))).toContain("1 span came after the decision and followed it.");
    expect(whole(decided({ lateSpans: 1200 }))).toContain("1,200 spans came after");
  });

  it("gives the duration where the tier asks for it, and the condition where no single span fulfilled it", () => {
    const slow = decided({ decisions: [decision({ tier: "slow", tierCondition: { kind: "latency", aboveMs: 500 } })], witnesses: [] });
    expect(whole(slow)).toContain("It took 812 ms from its first start to its last end.");
    const large = decided({ decisions: [decision({ tier: "large", tierCondition: { kind: "spanCount", atLeast: 100 } })], witnesses: [] });
    expect(whole(large)).toContain("The tier matches at least 100 spans.");
  });

  it("counts the spans of each outcome where every span is decided by itself", () => {
    const mixed = decided({
      scope: "span",
      cause: "atOnce",
      witnesses: [],
      durationMs: null,
      rootSeen: null,
      decisions: [decision({ spans: 3 }), { ...sampledOut, spans: 1200, revision: 0 }],
      stages: { network: 1, processing: 1, decisionWait: null, serialization: null, queueWait: null, export: null },
    });
    expect(explainSentence(mixed, clock)).toEqual({
      headline: "Kept in part: 3 of its 1,203 spans, each decided by itself.",
      details: [
        "3 spans kept under revision 12: tier “errors” keeps everything.",
        "1,200 spans sampled out under its own file: tier “default” keeps 1% of its spans, and the draw did not fall on this one.",
        "Delivered.",
        "Decided at 14:31:07. Revision 12. Configuration of its own file.",
      ],
    });
  });

  it("of one that waits says until when, what it has, and who would decide now", () => {
    expect(whole(waiting)).toBe(
      "Waiting for its decision, which comes at 14:31:17 at the latest. 1 span came so far, the first at 14:31:07; the root is not among them. " +
        "If no more came, tier “default” would decide. Revision 12. Ask again after that time.",
    );
  });

  it("tells apart what was decided, forgotten, never came, and is not known", () => {
    const headlines = [decided(), notKept, ...others].map((explanation) => explainSentence(explanation, clock).headline);
    expect(headlines).toEqual([
      "Kept: tier “errors” keeps everything.",
      "Sampled out: tier “default” keeps 1% of its traces, and the draw did not fall on this one.",
      "Kept by tier “errors”, decided at 14:31:07.",
      "Sampled out by tier “default”, decided at 14:31:07.",
      "Waiting for its decision, which comes at 14:31:17 at the latest.",
      "Spans of it came, but its decision is forgotten.",
      "Never came here: no span of it since the collector started at 14:31:07.",
      "Not known: no span of it came since 14:31:07, and what came before is not remembered.",
    ]);
  });

  it("is made of whole sentences, none of them twice, for whatever the collector may answer", () => {
    const anyDecision = fc.record({
      kept: fc.boolean(),
      tier: fc.constantFrom("errors", "default"),
      tierCondition: fc.constantFrom<Decision["tierCondition"]>(null, { kind: "always" }, { kind: "not", of: { kind: "latency", aboveMs: 5 } }),
      keep: fc.constantFrom("ratio" as const, "budget" as const),
      ratio: fc.double({ min: 0, max: 1, noNaN: true }),
      threshold: fc.constantFrom("never", "80000000000000"),
      explicitRandomness: fc.boolean(),
      revision: fc.nat({ max: 2 }),
      spans: fc.nat({ max: 3 }),
    });
    const anyDecided = fc.record({
      scope: fc.constantFrom("span" as const, "trace" as const),
      decisions: fc.array(anyDecision.map(decision), { minLength: 1, maxLength: 4 }),
      cause: fc.constantFrom(...DECISION_CAUSES),
      durationMs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
      rootSeen: fc.option(fc.boolean()),
      lateSpans: fc.nat({ max: 2 }),
      delivery: fc.constantFrom("notKept" as const, "waiting" as const, "queued" as const, "delivered" as const, "dropped" as const),
      deliveryMessage: fc.constantFrom("", "the backend answered 503", "It is full."),
    });
    fc.assert(
      fc.property(fc.oneof(anyDecided.map(decided), fc.constantFrom(...others)), (explanation) => {
        expect(explanationSchema.safeParse(explanation).success).toBe(true);
        const { headline, details } = explainSentence(explanation, clock);
        expect(details.length).toBeGreaterThan(0);
        for (const sentence of [headline, ...details]) expect(sentence).toMatch(/^[A-Z0-9].*[^.]\.$/);
        expect(new Set(details).size).toBe(details.length);
        expect([headline, ...details].join(" ")).not.toMatch(/undefined|null|NaN|\[object/);
      }),
      { numRuns: 500 },
    );
  });
});
