import { describe, expect, it } from "vitest";
import { explanationSchema } from "#domain/sampling/explanation.ts";
import { BatchLog } from "../../deliver/batchLog.ts";
import { explainTrace } from "./explainTrace.ts";
import { hexOf, modelSpan, plainRequest, TraceHarness, tracePolicy } from "./traceTestData.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const errors = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: keep(1) };
const rest = (share: number) => ({ name: "default", condition: { kind: "always" as const }, keep: keep(share) });
const root = new Uint8Array(0);

function explaining(harness: TraceHarness) {
  const batches = new BatchLog();
  const places = { batches, clock: harness.clock, processStartMs: 1_600_000_000_000 };
  return { batches, ask: (trace: number) => explanationSchema.parse(explainTrace(harness.sampler, hexOf(modelSpan(trace).traceId), places)) };
}

describe("explainTrace", () => {
  it("says of a waiting trace when it is decided, and which tier would decide now", () => {
    const harness = new TraceHarness(tracePolicy([errors, rest(0)]));
    const { ask } = explaining(harness);
    harness.send(plainRequest(modelSpan(1)));
    expect(ask(1)).toMatchObject({ kind: "waiting", spans: 1, rootSeen: false, tierNow: "default", revision: 1 });
    harness.send(plainRequest(modelSpan(1, { status: 2, parent: root })));
    const answer = ask(1);
    expect(answer).toMatchObject({ kind: "waiting", spans: 2, rootSeen: true, tierNow: "errors" });
    if (answer.kind === "waiting") expect(answer.decidesAtMs - answer.firstSeenAtMs).toBe(200);
  });

  it("follows a kept trace from its tier and witness to the backend's answer", async () => {
    const harness = new TraceHarness(tracePolicy([errors, rest(0)]));
    const { ask, batches } = explaining(harness);
    harness.send(plainRequest(modelSpan(1), modelSpan(1, { status: 2, name: "POST /pay" })), 3);
    await harness.clock.advance(1100);
    expect(ask(1)).toMatchObject({ kind: "decided", delivery: "queued" });
    harness.send(plainRequest(modelSpan(1, { name: "late" })));
    batches.began(1, harness.clock.now());
    await harness.clock.advance(50);
    batches.ended(1, harness.clock.now(), "delivered", "");
    const answer = ask(1);
    expect(answer).toMatchObject({
      kind: "decided",
      scope: "trace",
      cause: "wait",
      rootSeen: false,
      lateSpans: 1,
      durationMs: 1,
      delivery: "delivered",
      decisions: [
        { kept: true, tier: "errors", ratio: 1, threshold: "00000000000000", spans: 2, revision: 1, configHash: "hash-1", explicitRandomness: false },
      ],
      witnesses: [{ condition: errors.condition, spanName: "POST /pay", service: "shop" }],
    });
    if (answer.kind !== "decided") return;
    expect(answer.stages).toMatchObject({ network: 3, export: 50 });
    expect(answer.stages.decisionWait).toBeGreaterThanOrEqual(1000);
  });

  it("says of a trace that was not kept how its draw fell, with an explicit randomness before its id's", async () => {
    const harness = new TraceHarness(tracePolicy([errors, rest(0.5)]));
    const { ask } = explaining(harness);
    harness.send(plainRequest(modelSpan(1, { traceState: "ot=rv:00000000000001" })));
    await harness.clock.advance(1100);
    expect(ask(1)).toMatchObject({
      kind: "decided",
      delivery: "notKept",
      decisions: [{ kept: false, tier: "default", ratio: 0.5, threshold: "80000000000000", randomness: "00000000000001", explicitRandomness: true }],
      stages: { serialization: null, queueWait: null, export: null },
    });
  });

  it("names the version that decided, also after another one came", async () => {
    const harness = new TraceHarness(tracePolicy([errors, rest(0)]));
    const { ask } = explaining(harness);
    harness.send(plainRequest(modelSpan(1)));
    harness.use(tracePolicy([{ ...rest(1), name: "all of it" }]), 2);
    harness.send(plainRequest(modelSpan(2)));
    await harness.clock.advance(1100);
    expect(ask(1)).toMatchObject({ decisions: [{ tier: "default", revision: 1 }] });
    expect(ask(2)).toMatchObject({ decisions: [{ tier: "all of it", revision: 2 }] });
  });

  it("tells every decision on the spans of a trace once each span is decided by itself", () => {
    const harness = new TraceHarness(tracePolicy([errors, rest(0)]));
    const { ask } = explaining(harness);
    harness.use({ scope: "span", tiers: [errors, rest(0)] }, 2);
    harness.send(plainRequest(modelSpan(1), modelSpan(1, { status: 2 }), modelSpan(1)));
    const answer = ask(1);
    expect(answer).toMatchObject({ kind: "decided", scope: "span", rootSeen: null });
    if (answer.kind === "decided") {
      expect(answer.decisions.map(({ tier, kept, spans }) => [tier, kept, spans]).sort()).toEqual([
        ["default", false, 2],
        ["errors", true, 1],
      ]);
    }
  });

  it("tells apart what is remembered, what is forgotten and what never came", async () => {
    const harness = new TraceHarness(tracePolicy([rest(0)], { decisionCache: { entriesMax: 100_000, ttlMs: 60_000 }, tracesMax: 40_000, spansMax: 40_000 }));
    const { ask } = explaining(harness);
    for (let first = 0; first < 35_000; first += 1000) harness.send(plainRequest(...Array.from({ length: 1000 }, (_, index) => modelSpan(first + index))));
    await harness.clock.advance(1100);
    expect(ask(34_999)).toMatchObject({ kind: "decided" });
    // Written over in the log, but late spans would still follow.
    expect(ask(0)).toMatchObject({ kind: "remembered", kept: false, tier: "default", threshold: "never" });
    await harness.clock.advance(61_000);
    harness.sampler.figures();
    expect(ask(0)).toMatchObject({ kind: "forgotten" });
    expect(ask(1_000_000)).toMatchObject({ kind: "neverSeen", sinceMs: 1_600_000_000_000 });
  });
});
