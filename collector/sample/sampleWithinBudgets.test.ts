import { expect, it } from "vitest";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { encodeThreshold } from "#domain/sampling/threshold.ts";
import { advanceBudgets, compilePolicy } from "./compilePolicy.ts";
import { offerSampled, sampleWithinBudgets } from "./sampleWithinBudgets.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { modelSpan, plainRequest } from "./trace/traceTestData.ts";

const policy: SamplingPolicy = {
  scope: "span",
  tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "budget", spansPerSecond: 200 } }],
};

it("keeps of one large request no more than about a step's budget, and says so in what it keeps", () => {
  const sampler = createSpanSampler();
  const compiled = compilePolicy(policy);
  advanceBudgets(compiled, 0);
  const request = plainRequest(...Array.from({ length: 8192 }, (_, trace) => modelSpan(trace)));
  expect(sampleWithinBudgets(sampler, request, 0, request.length, compiled)).toBe(8192);
  const inForce = encodeThreshold(compiled.tiers[0].inForce);
  offerSampled(sampler, compiled);
  // Expected are 32; six standard deviations.
  expect(sampler.result.kept).toBeLessThan(66);
  expect(sampler.result.kept).toBeGreaterThan(5);
  expect(sampler.result.kept + sampler.result.tierSampledOut[0]).toBe(8192);
  const out = Buffer.alloc(sampler.framedSizeMax());
  sampler.frame(out, 0);
  const written = new Set(out.toString("latin1").match(/ot=th:[0-9a-f]+/g));
  expect([...written]).toEqual([`ot=th:${inForce}`]);
});

it("keeps a small request whole", () => {
  const sampler = createSpanSampler();
  const compiled = compilePolicy(policy);
  advanceBudgets(compiled, 0);
  const request = plainRequest(...Array.from({ length: 300 }, (_, trace) => modelSpan(trace)));
  sampleWithinBudgets(sampler, request, 0, request.length, compiled);
  expect(sampler.result.kept).toBe(300);
});
