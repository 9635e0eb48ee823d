import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecidedExplanation, type ExplainedStages, type Explanation, traceIdSchema } from "#domain/sampling/explanation.ts";
import { type Answer, arrangeAnswers, isUnderWay } from "./arrangeAnswers.ts";
import { explanationLook } from "./explanationLook.ts";
import { prepareDraw } from "./prepareDraw.ts";
import { prepareStageBar, SHARE_MIN } from "./prepareStageBar.ts";
import { readTraceId, tooShort } from "./readTraceId.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("readTraceId", () => {
  it("takes what people paste", () => {
    for (const text of [ID, ` ${ID.toUpperCase()}\n`, "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", `00-${ID}-00f067aa0ba902b7-01`]) {
      expect(readTraceId(text)).toEqual({ kind: "ok", id: ID });
    }
  });

  it("says on the spot what can't become one", () => {
    expect(readTraceId("  ")).toEqual({ kind: "empty" });
    expect(readTraceId("4bf9")).toEqual({ kind: "typing", digits: 4 });
    expect(readTraceId("4bg9")).toMatchObject({ kind: "wrong", problem: "A trace id has hex digits only; “g” is none." });
    expect(readTraceId(`${ID}00`)).toMatchObject({ kind: "wrong", problem: "A trace id has 32 hex digits; these are 34." });
    expect(readTraceId("0".repeat(32))).toMatchObject({ kind: "wrong" });
    expect(tooShort(16)).toContain("span id");
  });

  it("agrees with the schema that the server asks", () => {
    const text = fc.oneof(fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF-g "), maxLength: 40 }), fc.stringMatching(/^[0-9a-f]{32}$/));
    fc.assert(
      fc.property(text, (given) => {
        const parsed = traceIdSchema.safeParse(given);
        const reading = readTraceId(given);
        return parsed.success ? reading.kind === "ok" && reading.id === parsed.data : reading.kind !== "ok";
      }),
      { numRuns: 2_000 },
    );
  });
});

const NOTHING: ExplainedStages = { network: null, processing: null, decisionWait: null, serialization: null, queueWait: null, export: null };

describe("prepareStageBar", () => {
  it("keeps milliseconds visible beside seconds", () => {
    const { parts, totalMs } = prepareStageBar({ network: 1, processing: 0.2, decisionWait: 10_000, serialization: 0.1, queueWait: 900, export: 4 });
    expect(totalMs).toBeCloseTo(10_905.3);
    expect(parts.map(({ stage }) => stage)).toEqual(["network", "processing", "decisionWait", "serialization", "queueWait", "export"]);
    expect(parts[0].share).toBe(SHARE_MIN);
    expect(parts[2].share).toBeCloseTo((10_000 / 10_900) * (1 - 4 * SHARE_MIN));
  });

  it("leaves out what is not known, and fills the bar with the rest", () => {
    const { parts, totalMs } = prepareStageBar({ ...NOTHING, network: 3, processing: 1 });
    expect(parts.map(({ share }) => share)).toEqual([0.75, 0.25, null, null, null, null]);
    expect(totalMs).toBe(4);
    expect(prepareStageBar(NOTHING).totalMs).toBeNull();
  });

  it("always fills the bar, none below the minimum", () => {
    const ms = fc.option(fc.double({ min: 0, max: 1e7, noNaN: true }));
    fc.assert(
      fc.property(fc.record({ network: ms, processing: ms, decisionWait: ms, serialization: ms, queueWait: ms, export: ms }), (stages) => {
        const shares = prepareStageBar(stages).parts.flatMap(({ share }) => (share === null ? [] : [share]));
        if (shares.length === 0) return;
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
        expect(Math.min(...shares)).toBeGreaterThanOrEqual(SHARE_MIN - 1e-9);
      }),
    );
  });
});

describe("prepareDraw", () => {
  it("places the draw and the threshold between 0 and 1", () => {
    expect(prepareDraw("80000000000000", "00000000000000")).toEqual({ draw: 0.5, threshold: 0 });
    expect(prepareDraw("ffffffffffffff", "never").threshold).toBe(1);
  });
});

const decided = (over: Partial<DecidedExplanation> = {}): DecidedExplanation => ({
  kind: "decided",
  traceId: ID,
  scope: "trace",
  decisions: [
    {
      kept: true,
      tier: "errors",
      tierCondition: { kind: "status", is: "error" },
      keep: "ratio",
      ratio: 1,
      threshold: "00000000000000",
      randomness: "80000000000000",
      explicitRandomness: false,
      revision: 3,
      configHash: "ab",
      spans: 4,
      bytes: 900,
      decidedAtMs: 1,
    },
  ],
  cause: "wait",
  witnesses: [],
  durationMs: 12,
  rootSeen: true,
  lateSpans: 0,
  firstSeenAtMs: 0,
  stages: NOTHING,
  delivery: "delivered",
  deliveryMessage: "",
  ...over,
});
const waiting: Explanation = {
  kind: "waiting",
  traceId: ID,
  spans: 1,
  bytes: 1,
  firstSeenAtMs: 0,
  decidesAtMs: 1,
  rootSeen: false,
  tierNow: "default",
  revision: 1,
};
const neverSeen: Explanation = { kind: "neverSeen", traceId: ID, sinceMs: 0 };
const unknown: Explanation = { kind: "unknown", traceId: ID, rememberedSinceMs: 0 };
const forgotten: Explanation = { kind: "forgotten", traceId: ID, keptForTraces: 1, falseAlarmOneIn: 1000 };
const answer = (collectorName: string, explanation: Explanation | null): Answer => ({
  collectorId: collectorName,
  collectorName,
  explanation,
  problem: explanation === null ? "did not answer within 5 s" : null,
  tookMs: 1,
});

describe("answers", () => {
  it("come in the order of what they know, with the silent ones apart", () => {
    const { telling, without, failed } = arrangeAnswers([
      answer("a", neverSeen),
      answer("b", null),
      answer("c", forgotten),
      answer("d", decided()),
      answer("e", unknown),
      answer("f", waiting),
    ]);
    expect(telling.map(({ collectorName }) => collectorName)).toEqual(["d", "f", "c"]);
    expect(without.map(({ collectorName }) => collectorName)).toEqual(["a", "e"]);
    expect(failed.map(({ collectorName }) => collectorName)).toEqual(["b"]);
  });

  it("are asked for again while something is still to come", () => {
    expect(isUnderWay(answer("a", waiting))).toBe(true);
    expect(isUnderWay(answer("a", decided({ delivery: "queued" })))).toBe(true);
    expect(isUnderWay(answer("a", decided()))).toBe(false);
    expect(isUnderWay(answer("a", neverSeen))).toBe(false);
  });

  it("look different for each kind of not knowing, calm when sampled out, red only when dropped", () => {
    expect(explanationLook(decided())).toEqual({ tone: "done", word: "kept" });
    expect(explanationLook(decided({ delivery: "notKept", decisions: [{ ...decided().decisions[0], kept: false }] }))).toEqual({
      tone: "neutral",
      word: "sampled out",
    });
    expect(explanationLook(decided({ delivery: "dropped" }))).toEqual({ tone: "bad", word: "dropped" });
    expect(explanationLook(decided({ scope: "span", decisions: [decided().decisions[0], { ...decided().decisions[0], kept: false }] })).word).toBe(
      "kept in part",
    );
    const looks = [unknown, forgotten, neverSeen].map(explanationLook);
    expect(new Set(looks.map(({ tone }) => tone)).size).toBe(3);
    expect(new Set(looks.map(({ word }) => word)).size).toBe(3);
  });
});
