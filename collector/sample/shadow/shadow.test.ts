import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomeOf, SERVICES_MAX, spansOf } from "#domain/sampling/compare/comparisonCounts.ts";
import { EXAMPLES_MAX, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import { decide, randomnessOf, traceRandomness } from "#domain/sampling/decide.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { ManualClock } from "../../manualClock.ts";
import { compilePolicy } from "../compilePolicy.ts";
import { createSpanSampler } from "../spanSampler.ts";
import { modelSpan, plainRequest, requestOf, TraceHarness, tracePolicy } from "../trace/traceTestData.ts";
import { encodeRequest, factsOf, type ModelRequest, policies, requests, seededRandom, traceConditions } from "../wireTestData.ts";
import { expectCounts, type Wanted, withServices } from "./countsTestData.ts";
import { Shadow, type ShadowParts } from "./shadow.ts";

const runs = Number(process.env.PROPERTY_RUNS ?? 150);
const timeout = 60_000 + runs * 40;

const label = { revision: 1, hash: "hash" };
const always = { kind: "always" as const };
const ratio = (share: number) => ({ kind: "ratio" as const, ratio: share });
const spanPolicy = (...tiers: SamplingPolicy["tiers"]): SamplingPolicy => ({ scope: "span", tiers });
const rest = (share: number) => ({ name: "default", condition: always, keep: ratio(share) });

function trying(live: SamplingPolicy, candidate: SamplingPolicy, parts: Partial<ShadowParts> = {}) {
  const clock = (parts.clock as ManualClock | undefined) ?? new ManualClock();
  const compiled = compilePolicy(live);
  const shadow = new Shadow({ candidate, minutes: 10, live: { compiled, label }, clock, threadCpuMs: () => 0, isMemoryTight: () => false, ...parts });
  const sampler = createSpanSampler();
  return {
    clock,
    shadow,
    send(bytes: Buffer): void {
      expect(sampler.sample(bytes, 0, bytes.length, compiled)).toBeGreaterThanOrEqual(0);
      shadow.accepted(bytes, sampler.table, compiled);
    },
    counts: () => shadowReportSchema.parse(JSON.parse(JSON.stringify(shadow.report()))).counts,
  };
}

describe("Shadow in span scope", () => {
  it(
    "counts for every span what decide() says of both policies, whatever form the request is encoded in",
    () => {
      fc.assert(
        fc.property(requests, policies, policies, fc.integer(), (model, live, candidate, seed) => {
          const request = withServices(model);
          const { send, counts } = trying(live, candidate);
          send(encodeRequest(request, seededRandom(seed), true));
          const wanted = request.flatMap(({ resource, scopes }) =>
            scopes.flatMap(({ spans }) =>
              spans.map((span): Wanted => {
                const facts = factsOf(span, resource);
                const [ours, theirs] = [live, candidate].map((policy) => decide({ spans: [facts] }, policy, randomnessOf(facts)));
                const service = String(resource[0].value.kind === "string" && resource[0].value.value);
                return { live: ours.tierName, candidate: theirs.tierName, outcome: outcomeOf(ours.keep, theirs.keep), service, spans: 1 };
              }),
            ),
          );
          expectCounts(counts(), wanted);
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );

  it("finds nothing that equal policies disagree on, and raising a ratio only adds", () => {
    fc.assert(
      fc.property(requests, policies, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer(), (request, policy, raise, seed) => {
        const bytes = encodeRequest(request, seededRandom(seed));
        const same = trying(policy, policy);
        same.send(bytes);
        const { both, neither, ...disagreements } = same.counts().total;
        expect([disagreements.liveOnly.spans, disagreements.candidateOnly.spans]).toEqual([0, 0]);
        const raised = {
          ...policy,
          tiers: policy.tiers.map((tier) => ({ ...tier, keep: ratio(tier.keep.kind === "ratio" ? Math.max(raise, tier.keep.ratio) : 1) })),
        };
        const more = trying(policy, raised);
        more.send(bytes);
        expect(more.counts().total.liveOnly.spans).toBe(0);
        expect(more.counts().total.both.spans).toBe(both.spans);
      }),
      { numRuns: runs },
    );
  });

  it("tells of spans that would newly be dropped or kept, each trace once and a bounded number of them", () => {
    const errors = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: ratio(1) };
    const { send, shadow } = trying(spanPolicy(rest(1)), spanPolicy(errors, rest(0)));
    for (let trace = 0; trace < 200; trace++) send(plainRequest(modelSpan(trace, { name: `GET /${trace}` }), modelSpan(trace, { name: `GET /${trace}` })));
    const { newlyDropped, newlyKept } = shadow.report();
    expect(newlyKept).toEqual([]);
    expect(newlyDropped).toHaveLength(EXAMPLES_MAX);
    expect(new Set(newlyDropped.map(({ traceId }) => traceId)).size).toBe(EXAMPLES_MAX);
    expect(newlyDropped[0]).toMatchObject({ service: "shop", durationMs: 1, status: "unset", liveTier: "default", candidateTier: "default" });
  });

  it("counts services beyond its bound together, and loses none", () => {
    const { send, counts } = trying(spanPolicy(rest(1)), spanPolicy(rest(0)));
    const services = SERVICES_MAX + 25;
    for (let service = 0; service < services; service++) {
      const name = { key: "service.name", value: { kind: "string" as const, value: `service ${service}` } };
      send(encodeRequest([{ resource: [name], scopes: [{ name: "", spans: [modelSpan(service)] }] }], seededRandom(1), true));
    }
    expect(counts().services).toHaveLength(SERVICES_MAX);
    expect(counts().otherServices.liveOnly.spans).toBe(25);
    expect(counts().total.liveOnly.spans).toBe(services);
  });

  it("looks at fewer traces when it takes too much of the thread's time, and its estimate stays what it is", async () => {
    // Each look at the clock takes a millisecond, and the thread has nothing else to do, until only some of the traces are compared.
    let now = 0;
    let lookMs = 1;
    const clock = Object.assign(new ManualClock(), { now: () => (now += lookMs) });
    const { send, shadow, counts } = trying(spanPolicy(rest(0.5)), spanPolicy(rest(0.25)), { clock, threadCpuMs: () => now });
    const traces = 24_000;
    for (let trace = 0; trace < traces; trace += 12) {
      send(plainRequest(...Array.from({ length: 12 }, (_, index) => modelSpan(trace + index))));
      if (trace % 1200 === 0 && shadow.report().share < 1) lookMs = 0;
    }
    const { share, cpuMs, threadCpuMs } = shadow.report();
    expect(share).toBeLessThan(1);
    expect(threadCpuMs).toBeGreaterThanOrEqual(cpuMs);
    const { total, seen, compared, groups } = counts();
    expect(seen.spans).toBe(traces);
    expect(compared.spans).toBeLessThan(traces);
    expect(Math.abs(spansOf(total) / traces - 1)).toBeLessThan(0.1);
    expect((total.both.spans + total.liveOnly.spans) / spansOf(total)).toBeCloseTo(0.5, 1);
    expect((total.both.spans + total.candidateOnly.spans) / spansOf(total)).toBeCloseTo(0.25, 1);
    for (const group of groups) expect(group.spans).toBeGreaterThan(0);
  });

  it("ends when its time is up, when memory is tight, and when it is told to; nothing is counted after that", async () => {
    const timed = trying(spanPolicy(rest(1)), spanPolicy(rest(0)), { minutes: 1 });
    timed.send(plainRequest(modelSpan(1)));
    await timed.clock.advance(60_000);
    timed.send(plainRequest(modelSpan(2)));
    expect(timed.shadow.report()).toMatchObject({ state: "ended", windowMs: 60_000, counts: { seen: { spans: 1 } } });
    const tight = trying(spanPolicy(rest(1)), spanPolicy(rest(0)), { isMemoryTight: () => true });
    tight.send(plainRequest(modelSpan(1)));
    expect(tight.shadow.report()).toMatchObject({ state: "memory", counts: { seen: { spans: 0 } } });
    const told = trying(spanPolicy(rest(1)), spanPolicy(rest(0)));
    told.shadow.stop();
    told.send(plainRequest(modelSpan(1)));
    expect(told.shadow.report()).toMatchObject({ state: "stopped", counts: { seen: { spans: 0 } } });
  });

  it("begins to count anew when another policy runs", async () => {
    const { shadow, send, clock } = trying(spanPolicy(rest(1)), spanPolicy(rest(0)));
    send(plainRequest(modelSpan(1)));
    await clock.advance(5000);
    shadow.liveChanged({ compiled: compilePolicy(spanPolicy({ ...rest(0.5), name: "half" })), label: { revision: 2, hash: "" } });
    const report = shadow.report();
    expect(report).toMatchObject({ restarts: 1, windowMs: 0, live: { revision: 2 } });
    expect(report.counts.seen.spans).toBe(0);
    expect(report.counts.liveTiers.map(({ name }) => name)).toEqual(["half"]);
  });

  it("says why a policy of trace scope can't be tried beside one of span scope", () => {
    const { shadow, send } = trying(spanPolicy(rest(1)), tracePolicy([rest(0)]));
    send(plainRequest(modelSpan(1)));
    expect(shadow.report().state).toBe("refused");
    expect(shadow.report().reason).toContain("keeps no traces together");
    expect(shadow.report().counts.seen.spans).toBe(0);
  });

  it("has a budget tier of the candidate keep about its budget", async () => {
    const budget = { name: "default", condition: always, keep: { kind: "budget" as const, spansPerSecond: 100 } };
    const { send, counts, clock } = trying(spanPolicy(rest(1)), spanPolicy(budget));
    for (let second = 0; second < 40; second++) {
      for (let tenth = 0; tenth < 10; tenth++) {
        send(plainRequest(...Array.from({ length: 100 }, (_, index) => modelSpan(second * 1000 + tenth * 100 + index))));
        await clock.advance(100);
      }
    }
    const { both, liveOnly } = counts().total;
    expect(both.spans + liveOnly.spans).toBe(40_000);
    expect(both.spans / 40).toBeGreaterThan(60);
    expect(both.spans / 40).toBeLessThan(140);
  });
});

describe("Shadow in trace scope", () => {
  const share = fc.oneof(fc.constantFrom(0, 1, 0.5, 0.01), fc.double({ min: 0, max: 1, noNaN: true }));
  const tiers = fc
    .tuple(fc.array(fc.tuple(traceConditions, share), { maxLength: 5 }), share)
    .map(([some, last]) => [...some.map(([condition, kept], index) => ({ name: `tier ${index}`, condition, keep: ratio(kept) })), rest(last)]);

  async function decided(live: SamplingPolicy & { scope: "trace" }, candidate: SamplingPolicy, request: ModelRequest, seed: number) {
    const harness = new TraceHarness(live);
    const compiled = compilePolicy(live);
    harness.sampler.use(
      compiled,
      label,
      live.tiers.map((_, tier) => tier),
    );
    const parts = { candidate, minutes: 10, live: { compiled, label }, clock: harness.clock, threadCpuMs: () => 0, isMemoryTight: () => false };
    const shadow = new Shadow(parts);
    harness.sampler.shadow = shadow;
    harness.send(encodeRequest(request, seededRandom(seed), true));
    await harness.clock.advance(5000);
    return shadow.report();
  }

  /** Six traces, over the services of the request. */
  const mixed = requests.map((model) => {
    let count = 0;
    return withServices(model).map(({ resource, scopes }) => ({
      resource,
      scopes: scopes.map(({ name, spans }) => ({ name, spans: spans.map((span) => ({ ...span, traceId: modelSpan((count++ % 6) * 7919).traceId })) })),
    }));
  });

  it(
    "counts for every trace what decide() says of both policies, span by span of each service",
    async () => {
      await fc.assert(
        fc.asyncProperty(mixed, tiers, tiers, fc.integer(), fc.boolean(), async (request, liveTiers, candidateTiers, seed, changesWait) => {
          const live = tracePolicy(liveTiers);
          const candidate = tracePolicy(candidateTiers, changesWait ? { decisionWaitMs: 500, decisionWaitAfterRootMs: 100 } : {});
          const { counts } = await decided(live, candidate, request, seed);
          const placed = request.flatMap(({ resource, scopes }) => scopes.flatMap(({ spans }) => spans.map((span) => ({ span, resource }))));
          const byTrace = Map.groupBy(placed, ({ span }) => Buffer.from(span.traceId).toString("hex"));
          const wanted = [...byTrace.values()].flatMap((spans) => {
            const trace = { spans: spans.map(({ span, resource }) => factsOf(span, resource)) };
            const [ours, theirs] = [live, candidate].map((policy) => decide(trace, policy, traceRandomness(trace)));
            return spans.map(({ resource }): Wanted => {
              const service = String(resource[0].value.kind === "string" && resource[0].value.value);
              return { live: ours.tierName, candidate: theirs.tierName, outcome: outcomeOf(ours.keep, theirs.keep), service, spans: 1 };
            });
          });
          expectCounts(counts, wanted);
          expect(counts.units).toBe(byTrace.size);
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );

  it("tries a policy of span scope on each span of the traces that are decided", async () => {
    const errors = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: ratio(1) };
    const request = requestOf(modelSpan(1, { status: 2 }), modelSpan(1), modelSpan(2), modelSpan(2));
    const { counts, newlyDropped } = await decided(tracePolicy([errors, rest(1)]), spanPolicy(errors, rest(0)), request, 1);
    expect(counts.total).toMatchObject({ both: { spans: 1 }, liveOnly: { spans: 3 }, candidateOnly: { spans: 0 }, neither: { spans: 0 } });
    expect(newlyDropped.map(({ status, spans }) => [status, spans]).sort()).toEqual([
      ["error", 2],
      ["unset", 2],
    ]);
  });

  it("leaves out spans that follow a decision taken before, and says how many", async () => {
    const live = tracePolicy([rest(1)]);
    const harness = new TraceHarness(live);
    const compiled = compilePolicy(live);
    harness.sampler.use(compiled, label, [0]);
    const parts = {
      candidate: tracePolicy([rest(0)]),
      minutes: 10,
      live: { compiled, label },
      clock: harness.clock,
      threadCpuMs: () => 0,
      isMemoryTight: () => false,
    };
    const shadow = new Shadow(parts);
    harness.sampler.shadow = shadow;
    harness.send(plainRequest(modelSpan(1), modelSpan(1, { name: "the root", parent: new Uint8Array(0) })));
    await harness.clock.advance(5000);
    harness.send(plainRequest(modelSpan(1)));
    await harness.clock.advance(5000);
    const { counts, newlyDropped } = shadow.report();
    expect(counts).toMatchObject({ late: 1, seen: { spans: 2 }, total: { liveOnly: { spans: 2 } } });
    expect(newlyDropped).toMatchObject([{ endpoint: "the root", spans: 2 }]);
    expect(harness.unaccounted()).toBe(0);
  });
});
