import { expect, it } from "vitest";
import { explanationSchema } from "#domain/sampling/explanation.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { BatchLog } from "../deliver/batchLog.ts";
import { ManualClock } from "../manualClock.ts";
import { compilePolicy } from "./compilePolicy.ts";
import { explainSpans } from "./explainSpans.ts";
import { SpanLog } from "./spanLog.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { hexOf, modelSpan, plainRequest } from "./trace/traceTestData.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const policy: SamplingPolicy = {
  scope: "span",
  tiers: [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
    { name: "default", condition: { kind: "always" }, keep: keep(0.5) },
  ],
};

function logging() {
  const clock = new ManualClock();
  const log = new SpanLog();
  const compiled = compilePolicy(policy);
  const sampler = createSpanSampler();
  const places = { batches: new BatchLog(), clock, processStartMs: 5 };
  return {
    clock,
    put(request: Buffer) {
      sampler.sample(request, 0, request.length, compiled);
      const times = { at: clock.now(), networkMs: 1, processingMs: 2, serializationMs: 3, batch: 0 };
      log.put(request, sampler.table, { compiled, label: { revision: 4, hash: "h" } }, times);
    },
    ask: (trace: number) => explanationSchema.parse(explainSpans(log, hexOf(modelSpan(trace).traceId), places)),
  };
}

it("tells each tier and outcome that the spans of a trace met with", () => {
  const { put, ask } = logging();
  put(plainRequest(modelSpan(1, { status: 2 }), modelSpan(1, { traceState: "ot=rv:00000000000001" }), modelSpan(2)));
  put(plainRequest(modelSpan(1, { status: 2 })));
  expect(ask(1)).toMatchObject({
    kind: "decided",
    scope: "span",
    decisions: [
      { tier: "errors", kept: true, spans: 2, revision: 4, threshold: "00000000000000" },
      { tier: "default", kept: false, spans: 1, threshold: "80000000000000", randomness: "00000000000001", explicitRandomness: true },
    ],
    stages: { network: 1, processing: 2, serialization: 3, decisionWait: null },
  });
});

it("is certain that a trace never came as long as nothing was forgotten, and then says since when it knows", async () => {
  const { put, ask, clock } = logging();
  put(plainRequest(modelSpan(1)));
  expect(ask(9)).toMatchObject({ kind: "neverSeen", sinceMs: 5 });
  const request = plainRequest(...Array.from({ length: 4096 }, (_, trace) => modelSpan(trace + 100)));
  for (let sent = 0; sent < 80; sent++) {
    await clock.advance(1000);
    put(request);
  }
  expect(ask(1)).toMatchObject({ kind: "unknown" });
  const answer = ask(9);
  expect(answer.kind).toBe("unknown");
  if (answer.kind === "unknown") expect(answer.rememberedSinceMs).toBeGreaterThan(clock.unixMs() - 80_000);
});
