import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchTrace } from "#domain/sampling/matchCondition.ts";
import { OVERLAP_PAIRS_MAX } from "#domain/sampling/overlaps.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { TraceFacts } from "#domain/sampling/spanFacts.ts";
import { compilePolicy } from "./compilePolicy.ts";
import { lookAtOverlaps } from "./lookAtOverlaps.ts";
import { LOOKED_PER_S, OverlapCounter } from "./overlapCounter.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { modelSpan, requestOf, TraceHarness, tracePolicy } from "./trace/traceTestData.ts";
import { encodeRequest, factsOf, policies, requests, seededRandom, traceConditions } from "./wireTestData.ts";

/** By `first second`: how many spans fulfil both, counted the plain way. The default tier is no part of any pair. */
function sharedSpans({ tiers }: SamplingPolicy, traces: readonly TraceFacts[]): Record<string, number> {
  const shared: Record<string, number> = {};
  for (const trace of traces) {
    const matching = tiers.slice(0, -1).flatMap(({ condition }, place) => (matchTrace(condition, trace) ? [place] : []));
    for (const [at, first] of matching.entries()) {
      for (const second of matching.slice(at + 1)) shared[`${first} ${second}`] = (shared[`${first} ${second}`] ?? 0) + trace.spans.length;
    }
  }
  return shared;
}

function counted(counter: OverlapCounter, now: number): Record<string, number> {
  return Object.fromEntries((counter.figures(now)?.pairs ?? []).map(({ first, second, spans }) => [`${first} ${second}`, Math.round(spans)]));
}

/** Traffic of `perS` spans a second, offered in requests of 50, of which those that `fulfil` says fulfil both tiers. */
function run(counter: OverlapCounter, { fromMs, seconds, perS, fulfil }: { fromMs: number; seconds: number; perS: number; fulfil: (span: number) => boolean }) {
  const requestSpans = 50;
  const requestCount = (seconds * perS) / requestSpans;
  for (let request = 0; request < requestCount; request++) {
    counter.offer(requestSpans, requestSpans, fromMs + (request * seconds * 1000) / requestCount);
    while (counter.toSkip < requestSpans) {
      const fulfils = fulfil(request * requestSpans + counter.toSkip);
      counter.look(1, (out) => {
        out[0] = 0;
        out[1] = 1;
        return fulfils ? 2 : 1;
      });
    }
    counter.toSkip -= requestSpans;
  }
}

describe("the count of spans that two tiers share", () => {
  it("is exact in span scope where every span can be looked at, whatever the conditions", () => {
    const sampler = createSpanSampler();
    fc.assert(
      fc.property(requests, policies, fc.integer(), (request, policy, seed) => {
        const bytes = encodeRequest(request, seededRandom(seed));
        const compiled = compilePolicy(policy);
        expect(sampler.sample(bytes, 0, bytes.length, compiled)).toBeGreaterThanOrEqual(0);
        lookAtOverlaps(bytes, sampler.table, compiled, 1000);
        const spans = request.flatMap(({ resource, scopes }) => scopes.flatMap((scope) => scope.spans.map((span) => factsOf(span, resource))));
        const wanted = sharedSpans(
          policy,
          spans.map((span) => ({ spans: [span] })),
        );
        expect(counted(compiled.overlaps, 1000)).toEqual(wanted);
        if (spans.length > 0 && !compiled.overlaps.isOff)
          expect(compiled.overlaps.figures(1000)).toMatchObject({ spans: spans.length, lookedAt: spans.length });
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("is exact in trace scope, where it is the spans of traces that fulfil both", async () => {
    const keep = { kind: "ratio" as const, ratio: 0.5 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(traceConditions, { minLength: 2, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 }),
        async (all, of) => {
          const policy = tracePolicy([
            ...all.map((condition, at) => ({ name: `t${at}`, condition, keep })),
            { name: "default", condition: { kind: "always" }, keep },
          ]);
          const harness = new TraceHarness(policy);
          const spans = of.map((trace, at) => modelSpan(trace, { status: at % 3, name: at % 2 === 0 ? "GET /" : "POST /api/payment" }));
          for (const span of spans) harness.send(encodeRequest(requestOf(span), seededRandom(1), true));
          await harness.clock.advance(2000);
          const [{ resource }] = requestOf();
          const traces = Map.groupBy(spans, ({ traceId }) => Buffer.from(traceId).toString("hex"));
          const facts = Array.from(traces.values(), (same) => ({ spans: same.map((span) => factsOf(span, resource)) }));
          const { overlaps } = harness.sampler.versionOf(0).compiled;
          expect(counted(overlaps, harness.clock.now())).toEqual(sharedSpans(policy, facts));
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  it("comes near on a few of many spans, also where they come in a rhythm, and says how many it looked at", () => {
    const counter = new OverlapCounter(() => "h", 3);
    run(counter, { fromMs: 0, seconds: 60, perS: 20_000, fulfil: (span) => span % 8 === 0 });
    const figures = counter.figures(60_000);
    expect(figures?.spans).toBe(1_000_000);
    expect((figures?.pairs[0].spans ?? 0) / (figures?.spans ?? 1)).toBeCloseTo(1 / 8, 1);
    expect(figures?.lookedAt).toBeGreaterThan(40 * LOOKED_PER_S);
    expect(figures?.lookedAt).toBeLessThan(100 * LOOKED_PER_S);
  });

  it("stays right when the rate changes a hundredfold: each span that was looked at stands for those passed over", () => {
    const counter = new OverlapCounter(() => "h", 3);
    run(counter, { fromMs: 0, seconds: 20, perS: 500, fulfil: () => true });
    run(counter, { fromMs: 20_000, seconds: 20, perS: 50_000, fulfil: () => false });
    const figures = counter.figures(40_000);
    expect((figures?.pairs[0].spans ?? 0) / 10_000).toBeGreaterThan(0.5);
    expect((figures?.pairs[0].spans ?? 0) / 10_000).toBeLessThan(2);
  });

  it("looks at no more when a burst comes after silence", () => {
    const counter = new OverlapCounter(() => "h", 3);
    run(counter, { fromMs: 100_000, seconds: 1, perS: 1_000_000, fulfil: () => true });
    expect(counter.figures(100_999)?.lookedAt).toBeLessThan(40 * LOOKED_PER_S);
  });

  it("forgets what is older than a minute", () => {
    const counter = new OverlapCounter(() => "h", 3);
    run(counter, { fromMs: 0, seconds: 1, perS: 100, fulfil: () => true });
    expect(counted(counter, 50_000)).toEqual({ "0 1": 100 });
    expect(counter.figures(50_000)?.windowMs).toBe(50_000);
    expect(counter.figures(61_000)).toMatchObject({ spans: 0, lookedAt: 0, pairs: [] });
  });

  it("tells of so many pairs and counts the others", () => {
    const counter = new OverlapCounter(() => "h", 64);
    counter.offer(1, 1, 0);
    counter.look(1, (out) => {
      for (let tier = 0; tier < 63; tier++) out[tier] = tier;
      return 63;
    });
    expect(counter.figures(0)).toMatchObject({ pairs: { length: OVERLAP_PAIRS_MAX }, pairsLeftOut: (63 * 62) / 2 - OVERLAP_PAIRS_MAX });
  });

  it("is off where there is no pair", () => {
    expect(new OverlapCounter(() => "h", 2).isOff).toBe(true);
    expect(new OverlapCounter(() => "h", 2).figures(0)).toBeNull();
  });
});
