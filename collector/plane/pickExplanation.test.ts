import { describe, expect, it } from "vitest";
import type { DecidedExplanation, Explanation } from "#domain/sampling/explanation.ts";
import { pickExplanation } from "./pickExplanation.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const never = (sinceMs: number): Explanation => ({ kind: "neverSeen", traceId, sinceMs });
const unknown = (rememberedSinceMs: number): Explanation => ({ kind: "unknown", traceId, rememberedSinceMs });
const waiting: Explanation = {
  kind: "waiting",
  traceId,
  spans: 2,
  bytes: 800,
  firstSeenAtMs: 1,
  decidesAtMs: 2,
  rootSeen: false,
  tierNow: "default",
  revision: 0,
};

function decided(decisions: { tier: string; kept: boolean; spans: number }[]): DecidedExplanation {
  const rest = { tierCondition: null, keep: "ratio", ratio: 1, threshold: "00000000000000", randomness: "00000000000000", explicitRandomness: false } as const;
  return {
    ...{ kind: "decided", traceId, scope: "span", cause: "atOnce", witnesses: [], durationMs: null, rootSeen: null, lateSpans: 0, firstSeenAtMs: 1 },
    decisions: decisions.map((one) => ({ ...rest, ...one, revision: 0, configHash: "", bytes: one.spans * 400, decidedAtMs: 2 })),
    stages: { network: 1, processing: 1, decisionWait: null, serialization: 1, queueWait: 1, export: 1 },
    ...{ delivery: "delivered", deliveryMessage: "" },
  };
}

describe("pickExplanation", () => {
  it("takes the answer of the thread that knows the trace", () => {
    expect(pickExplanation([never(1), waiting, unknown(5)])).toBe(waiting);
  });

  it("says that a trace never came only for as long as every thread remembers", () => {
    expect(pickExplanation([never(1), never(9)])).toEqual(never(9));
    expect(pickExplanation([never(1), unknown(5)])).toEqual(unknown(5));
    expect(pickExplanation([unknown(7), unknown(5)])).toEqual(unknown(7));
  });

  it("puts the decisions on spans that several threads took together, tier by tier", () => {
    const one = decided([{ tier: "errors", kept: true, spans: 1 }]);
    const other = decided([
      { tier: "errors", kept: true, spans: 2 },
      { tier: "default", kept: false, spans: 3 },
    ]);
    const picked = pickExplanation([one, never(1), other]);
    expect(picked.kind === "decided" && picked.decisions.map(({ tier, spans, bytes }) => [tier, spans, bytes])).toEqual([
      ["errors", 3, 1200],
      ["default", 3, 1200],
    ]);
  });
});
