import { describe, expect, it } from "vitest";
import { readExplanation } from "./readExplanation.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const waiting = { kind: "waiting", traceId, spans: 3, bytes: 900, firstSeenAtMs: 1, decidesAtMs: 2, rootSeen: false, tierNow: "default", revision: 4 };
const condition = { kind: "service", match: "regex", values: ["^pay(ment)?s$"] };
const decided = {
  kind: "decided",
  traceId,
  scope: "trace",
  decisions: [
    {
      kept: true,
      tier: "regex",
      tierCondition: condition,
      keep: "budget",
      ratio: 0.25,
      threshold: "c0000000000000",
      randomness: "ffffffffffffff",
      explicitRandomness: false,
      revision: 4,
      configHash: "ab",
      spans: 3,
      bytes: 900,
      decidedAtMs: 5,
    },
  ],
  cause: "rootWait",
  witnesses: [{ condition, spanId: "1".repeat(16), spanName: "GET /", service: "payments" }],
  durationMs: null,
  rootSeen: true,
  lateSpans: 0,
  firstSeenAtMs: 1,
  stages: { network: 1, processing: 1, decisionWait: 4, serialization: null, queueWait: null, export: null },
  delivery: "queued",
  deliveryMessage: "",
};

describe("what a collector answered", () => {
  it.each([waiting, decided, { kind: "neverSeen", traceId, sinceMs: 1 }])("is given back as it came: $kind", (explanation) => {
    expect(readExplanation(JSON.stringify(explanation), traceId)).toEqual({ explanation, problem: null });
  });

  it.each<[string, string, string]>([
    ["nothing", "", "it is not JSON"],
    ["half of it", JSON.stringify(waiting).slice(0, -5), "it is not JSON"],
    ["no object", "null", "understood"],
    ["another kind", JSON.stringify({ ...waiting, kind: "later" }), "understood"],
    ["a field missing", JSON.stringify({ ...waiting, spans: undefined }), "spans: is required"],
    ["a field of a newer version", JSON.stringify({ ...waiting, mood: "good" }), "mood: unknown field"],
    ["another trace", JSON.stringify({ ...waiting, traceId: "f".repeat(32) }), "about another trace"],
    ["a number that is none", JSON.stringify(waiting).replace("900", "1e999"), "bytes"],
    ["a condition that is none", JSON.stringify({ ...decided, witnesses: [{ ...decided.witnesses[0], condition: { kind: "x" } }] }), "witnesses[0].condition"],
    ["a very deep one", "[".repeat(200_000) + "]".repeat(200_000), "understood"],
    [
      "a very deep condition",
      JSON.stringify(decided).replaceAll(JSON.stringify(condition), `${'{"kind":"not","of":'.repeat(20)}1${"}".repeat(20)}`),
      "must be nested at most 8 deep",
    ],
  ])("is a problem when it is %s", (_what, text, problem) => {
    expect(readExplanation(text, traceId)).toEqual({ explanation: null, problem: expect.stringContaining(problem) });
  });

  // Compiling a rogue collector's expressions could take the control plane half a minute.
  it("is shown with its expressions as they are: none is compiled", () => {
    const refusedByRe2 = { ...condition, values: ["(?=x)"] };
    const explanation = { ...decided, witnesses: [{ ...decided.witnesses[0], condition: refusedByRe2 }] };
    expect(readExplanation(JSON.stringify(explanation), traceId)).toEqual({ explanation, problem: null });
  });
});
