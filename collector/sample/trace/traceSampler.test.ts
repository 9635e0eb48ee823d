// One piece of over 400 lines: all of it drives the same harness, in the order of a request: its way in, the decision, the way out, the bounds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, traceRandomness } from "#domain/sampling/decide.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { rewriteTraceState } from "#domain/sampling/traceState.ts";
import { encodeRequest, factsOf, type ModelRequest, type ModelSpan, requests, seededRandom, traceConditions } from "../wireTestData.ts";
import { hexOf, modelSpan, plainRequest, requestOf, SETTINGS, TraceHarness, tracePolicy } from "./traceTestData.ts";

/** PROPERTY_RUNS=20000 searches longer. */
const runs = Number(process.env.PROPERTY_RUNS ?? 200);
const timeout = 60_000 + runs * 40;

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const ratio = fc.oneof(fc.constantFrom(0, 1, 0.5, 0.01), fc.double({ min: 0, max: 1, noNaN: true }));
const tiers: fc.Arbitrary<SamplingPolicy["tiers"]> = fc
  .tuple(fc.array(fc.tuple(traceConditions, ratio), { maxLength: 8 }), ratio)
  .map(([some, rest]) => [
    ...some.map(([condition, share], index) => ({ name: `tier ${index}`, condition, keep: keep(share) })),
    { name: "default", condition: { kind: "always" as const }, keep: keep(rest) },
  ]);

/** Requests whose spans belong to a few traces, so that traces come in fragments, in any order, over several requests; every span can be told apart. */
const fragments = fc
  .tuple(fc.array(requests, { minLength: 1, maxLength: 5 }), fc.array(fc.nat({ max: 5 }), { minLength: 200, maxLength: 200 }))
  .map(([all, owners]) => {
    let span = 0;
    return all.map((request) =>
      request.map(({ resource, scopes }) => ({
        resource,
        scopes: scopes.map(({ name, spans }) => ({
          name,
          spans: spans.map((model): ModelSpan => {
            const spanId = Buffer.alloc(8);
            spanId.writeUInt32BE(++span, 0);
            const owner = owners[span % owners.length];
            // Owner 0 has no valid id.
            return { ...model, spanId, traceId: owner === 0 ? new Uint8Array(span % 2 === 0 ? 16 : 0) : modelSpan(owner * 7919).traceId };
          }),
        })),
      })),
    );
  });

type Placed = { model: ModelSpan; resource: ModelRequest[number]["resource"] };

function spansByTrace(all: readonly ModelRequest[]): Placed[][] {
  const traces = new Map<string, Placed[]>();
  for (const { resource, scopes } of all.flat()) {
    for (const model of scopes.flatMap((scope) => scope.spans)) {
      const id = hexOf(model.traceId);
      const own = /^0*$/.test(id) ? hexOf(model.spanId) : id;
      traces.set(own, [...(traces.get(own) ?? []), { model, resource }]);
    }
  }
  return [...traces.values()];
}

describe("trace sampler", () => {
  it(
    "decides every trace as decide() does on its decoded spans, in whatever fragments, order and encoding they came",
    async () => {
      await fc.assert(
        fc.asyncProperty(fragments, tiers, fc.integer(), async (all, policyTiers, seed) => {
          const policy = tracePolicy(policyTiers);
          const harness = new TraceHarness(policy);
          const random = seededRandom(seed);
          for (const request of all) {
            expect(harness.send(encodeRequest(request, random))).toBeGreaterThanOrEqual(0);
            await harness.clock.advance(30);
          }
          await harness.clock.advance(2000);
          const wanted = spansByTrace(all).flatMap((spans) => {
            const trace = { spans: spans.map(({ model, resource }) => factsOf(model, resource)) };
            const decision = decide(trace, policy, traceRandomness(trace));
            if (!decision.keep) return [];
            return spans.map(({ model }) => `${hexOf(model.spanId)} ${rewriteTraceState(model.traceState, decision.threshold)} ${model.name}`);
          });
          expect(harness.sent.map((span) => `${span.spanId} ${span.traceState} ${span.name}`).sort()).toEqual(wanted.sort());
          expect(harness.unaccounted()).toBe(0);
          expect(harness.sampler.store.spans).toBe(0);
          expect(harness.sampler.table.traces).toBe(0);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    timeout,
  );

  it("sends each kept span with the resource and the scope that it came with", async () => {
    const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }]));
    const resource = (key: string) => [{ key, value: { kind: "string" as const, value: "x" } }];
    const request: ModelRequest = [
      { resource: resource("one"), scopes: [{ name: "a", spans: [modelSpan(1, { name: "1a" }), modelSpan(2, { name: "2a" })] }] },
      {
        resource: resource("two"),
        scopes: [
          { name: "b", spans: [modelSpan(2, { name: "2b" })] },
          { name: "c", spans: [modelSpan(1, { name: "1c" })] },
        ],
      },
    ];
    harness.send(encodeRequest(request, seededRandom(3)));
    await harness.clock.advance(2000);
    expect(harness.sent.map(({ name, scope, resourceKeys }) => `${name} ${scope} ${resourceKeys}`).sort()).toEqual([
      "1a a one",
      "1c c two",
      "2a a one",
      "2b b two",
    ]);
  });

  it("decides a trace soon after its root came, and without one after the whole wait", async () => {
    const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }]));
    harness.send(
      encodeRequest(requestOf(modelSpan(1), modelSpan(2, { parent: new Uint8Array(0) }), modelSpan(3, { parent: new Uint8Array(8) })), seededRandom(1)),
    );
    await harness.clock.advance(190);
    expect(harness.sent).toHaveLength(0);
    await harness.clock.advance(40);
    expect(harness.sent).toHaveLength(2);
    await harness.clock.advance(700);
    expect(harness.sent).toHaveLength(2);
    await harness.clock.advance(100);
    expect(harness.sent).toHaveLength(3);
    expect(Object.fromEntries(harness.sampler.byCause)).toEqual({ rootWait: 2, wait: 1 });
  });

  it("never waits longer than the whole wait when the root comes at its end", async () => {
    const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }]));
    const random = seededRandom(1);
    harness.send(encodeRequest(requestOf(modelSpan(1)), random));
    await harness.clock.advance(950);
    harness.send(encodeRequest(requestOf(modelSpan(1, { parent: new Uint8Array(0) })), random));
    await harness.clock.advance(80);
    expect(harness.sent).toHaveLength(2);
  });

  it("lets late spans follow the decision on their trace, kept or not, with its threshold", async () => {
    const policy = tracePolicy([
      { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
      { name: "default", condition: { kind: "always" }, keep: keep(0) },
    ]);
    const harness = new TraceHarness(policy);
    const random = seededRandom(1);
    harness.send(encodeRequest(requestOf(modelSpan(1, { status: 2 }), modelSpan(2)), random));
    await harness.clock.advance(1100);
    // By itself the late span of trace 1 would not be kept, and the one of trace 2 would be.
    harness.send(encodeRequest(requestOf(modelSpan(1, { name: "late" }), modelSpan(2, { status: 2 })), random));
    expect(harness.sent.map((span) => span.name)).toEqual(["GET /", "late"]);
    expect(harness.sent.map((span) => span.traceState)).toEqual(["ot=th:0", "ot=th:0"]);
    expect(harness.unaccounted()).toBe(0);
    expect(harness.sampler.figures()).toMatchObject({ lateKept: 1, lateSampledOut: 1, cacheHits: 2, cacheMisses: 2, waitingTraces: 0 });
  });

  it("forgets decisions when their time to live is over: what comes then begins the trace anew", async () => {
    const policy = tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }], { decisionCache: { entriesMax: 10_000, ttlMs: 5000 } });
    const harness = new TraceHarness(policy);
    const random = seededRandom(1);
    harness.send(encodeRequest(requestOf(modelSpan(1)), random));
    await harness.clock.advance(1100);
    expect(harness.sampler.figures().cacheEntries).toBe(1);
    await harness.clock.advance(5000);
    expect(harness.sampler.figures()).toMatchObject({ cacheEntries: 0, cacheExpirations: 1 });
    harness.send(encodeRequest(requestOf(modelSpan(1)), random));
    expect(harness.sent).toHaveLength(1);
    await harness.clock.advance(1100);
    expect(harness.sent).toHaveLength(2);
    expect(harness.sampler.figures()).toMatchObject({ lateKept: 0, cacheMisses: 2 });
  });

  it("counts the decisions that had to make room in a full cache", async () => {
    const policy = tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(0) }], { decisionCache: { entriesMax: 1000, ttlMs: 60_000 } });
    const harness = new TraceHarness(policy);
    for (let first = 0; first < 3000; first += 500) {
      harness.send(plainRequest(...Array.from({ length: 500 }, (_, index) => modelSpan(first + index))));
      await harness.clock.advance(1100);
    }
    expect(harness.sampler.figures()).toMatchObject({ cacheEntries: 1000, cacheEntriesMax: 1000, cacheEvictions: 2000, tracesSampledOut: 3000 });
  });

  describe("bounds", () => {
    it.each([
      ["tracesMax", { tracesMax: 1000 }, 1],
      ["spansMax", { spansMax: 1000 }, 4],
    ] as const)("decides the oldest traces early at %s, counts them, and keeps their late spans with them", async (cause, settings, spansEach) => {
      const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(0.5) }], settings));
      const send = (trace: number) => harness.send(plainRequest(...Array.from({ length: spansEach }, () => modelSpan(trace))));
      for (let trace = 0; trace < 1500; trace++) {
        expect(send(trace)).toBe(spansEach);
        expect(harness.sampler.table.traces).toBeLessThanOrEqual(1000);
        expect(harness.sampler.store.spans).toBeLessThanOrEqual(cause === "spansMax" ? 1000 : 10_000);
        expect(harness.unaccounted()).toBe(0);
      }
      expect(harness.sampler.byCause.get(cause)).toBe(1500 - 1000 / spansEach);
      expect(harness.sampler.figures().tracesDecidedEarly).toBe(1500 - 1000 / spansEach);
      // The first trace is decided; what still comes of it follows.
      send(0);
      await harness.clock.advance(2000);
      expect(harness.unaccounted()).toBe(0);
      const perTrace = new Map<string, number>();
      for (const { traceId } of harness.sent) perTrace.set(traceId, (perTrace.get(traceId) ?? 0) + 1);
      expect(new Set(perTrace.values())).toEqual(new Set([spansEach, ...(perTrace.get(hexOf(modelSpan(0).traceId)) === 2 * spansEach ? [2 * spansEach] : [])]));
    });

    it("decides the oldest traces early when their bytes reach the bound", async () => {
      const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(0) }], { bytesMax: 16_777_216 }));
      const large = (trace: number) => modelSpan(trace, { attributes: [{ key: "k", value: { kind: "string", value: "x".repeat(100_000) } }] });
      for (let trace = 0; trace < 400; trace++) {
        harness.send(plainRequest(large(trace)));
        expect(harness.sampler.figures().heldBytes).toBeLessThanOrEqual(16_777_216);
      }
      expect(harness.sampler.byCause.get("bytesMax")).toBeGreaterThan(200);
      expect(harness.unaccounted()).toBe(0);
      await harness.clock.advance(2000);
      expect(harness.sampler.figures()).toMatchObject({ heldBytes: 0, waitingTraces: 0 });
    });

    it("refuses requests when the table and the queue are both full, loses nothing, and goes on when there is room again", async () => {
      const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }]));
      harness.room = { spans: 0, bytes: 0 };
      harness.queued = 1;
      const random = seededRandom(1);
      let refused = 0;
      for (let trace = 0; trace < 1300; trace++) {
        if (harness.send(encodeRequest(requestOf(modelSpan(trace)), random)) < 0) refused++;
        await harness.clock.advance(5);
        expect(harness.unaccounted()).toBe(0);
      }
      expect(refused).toBe(300);
      expect(harness.sampler.figures()).toMatchObject({ waitingTraces: 1000, tracesDecidedEarly: 0 });
      harness.free();
      await harness.clock.advance(2000);
      expect(harness.sent).toHaveLength(1000);
      expect(harness.sampler.figures()).toMatchObject({ waitingTraces: 0, heldBytes: 0 });
      expect(harness.unaccounted()).toBe(0);
    });

    it("refuses a request with more traces or spans than may wait at all, and takes one that just fits", async () => {
      const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(0.5) }], { tracesMax: 1000, spansMax: 3000 }));
      const traces = (count: number) => plainRequest(...Array.from({ length: count }, (_, trace) => modelSpan(trace)));
      expect(harness.send(traces(1001))).toBeLessThan(0);
      expect(harness.sampler.lastRefused).toBe(1001);
      expect(harness.send(plainRequest(...Array.from({ length: 3001 }, () => modelSpan(5))))).toBeLessThan(0);
      expect(harness.sampler.store.spans).toBe(0);
      expect(harness.send(traces(1000))).toBe(1000);
      expect(harness.send(traces(1000))).toBe(1000);
      await harness.clock.advance(2000);
      expect(harness.unaccounted()).toBe(0);
    });

    it("takes ten thousand new traces in one request, the oldest of them decided early", async () => {
      const harness = new TraceHarness(
        tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(0.01) }], { tracesMax: 10_000, spansMax: 100_000 }),
      );
      const batch = (from: number) => plainRequest(...Array.from({ length: 10_000 }, (_, index) => modelSpan(from + index)));
      expect(harness.send(batch(0))).toBe(10_000);
      expect(harness.send(batch(10_000))).toBe(10_000);
      expect(harness.sampler.byCause.get("tracesMax")).toBe(10_000);
      expect(harness.unaccounted()).toBe(0);
      await harness.clock.advance(2000);
      expect(harness.unaccounted()).toBe(0);
      expect(harness.sampler.store.spans).toBe(0);
    });
  });

  it("moves aside the few that wait long, so that memory is held for what waits and not for what came with it", async () => {
    const policy = tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(0.5) }], {
      decisionWaitMs: 10_000,
      decisionWaitAfterRootMs: 200,
      tracesMax: 1_000_000,
      spansMax: 1_000_000,
    });
    const harness = new TraceHarness(policy);
    const large = { attributes: [{ key: "k", value: { kind: "string" as const, value: "x".repeat(2000) } }] };
    let trace = 0;
    let heldMax = 0;
    for (let step = 0; step < 300; step++) {
      // One trace in twenty has no root.
      const spans = Array.from({ length: 40 }, (_, index) =>
        [1, 2].map(() => modelSpan(trace + index, { ...large, name: `of ${trace + index}`, traceState: index === 3 ? "vendor=1" : "" })),
      ).flatMap((pair, index) => (index % 20 === 0 ? pair : [pair[0], { ...pair[1], parent: new Uint8Array(0) }]));
      trace += 40;
      harness.send(plainRequest(...spans));
      await harness.clock.advance(25);
      expect(harness.unaccounted()).toBe(0);
      heldMax = Math.max(heldMax, harness.sampler.figures().heldBytes);
    }
    // All that came in the 7.5 s is 51 MB; a twentieth of it waits, and the last 200 ms.
    expect(heldMax).toBeLessThan(22_000_000);
    await harness.clock.advance(11_000);
    expect(harness.unaccounted()).toBe(0);
    expect(harness.sampler.figures()).toMatchObject({ heldBytes: 0, waitingTraces: 0 });
    const kept = harness.sent.length;
    expect(kept).toBeGreaterThan(10_000);
    expect(new Set(harness.sent.map((span) => span.spanId)).size).toBe(kept);
    // What was moved is what came: each span still has its own trace's name, and the trace state of another vendor.
    for (const { traceId, name, traceState } of harness.sent) {
      const number = Number(name.slice(3));
      expect(traceId).toBe(hexOf(modelSpan(number).traceId));
      expect(traceState).toBe(number % 40 === 3 ? "ot=th:8,vendor=1" : "ot=th:8");
    }
  });

  describe("odd input", () => {
    const all = [{ name: "default", condition: { kind: "always" as const }, keep: keep(1) }];

    it("treats a span without a valid trace id as a trace of its own, decided at once", () => {
      const harness = new TraceHarness(
        tracePolicy([
          { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
          { name: "default", condition: { kind: "always" }, keep: keep(0.99) },
        ]),
      );
      const zero = { traceId: new Uint8Array(16) };
      harness.send(
        encodeRequest(
          requestOf(modelSpan(1, { ...zero, status: 2 }), modelSpan(1, zero), modelSpan(1, { traceId: new Uint8Array(0), status: 2 })),
          seededRandom(1),
        ),
      );
      // Its randomness is 0: only where everything is kept is it kept.
      expect(harness.sent).toHaveLength(2);
      expect(harness.sampler.figures().waitingTraces).toBe(0);
      expect(harness.unaccounted()).toBe(0);
    });

    it("keeps or drops a span that came twice both times", async () => {
      const harness = new TraceHarness(tracePolicy(all));
      const span = modelSpan(1);
      harness.send(encodeRequest(requestOf(span, span), seededRandom(1)));
      harness.send(encodeRequest(requestOf(span), seededRandom(2)));
      await harness.clock.advance(2000);
      expect(harness.sent).toHaveLength(3);
    });

    it("decides a trace that never ends after the wait, and lets what follows follow", async () => {
      const harness = new TraceHarness(tracePolicy(all));
      const random = seededRandom(1);
      for (let step = 0; step < 60; step++) {
        harness.send(encodeRequest(requestOf(modelSpan(1)), random));
        await harness.clock.advance(100);
      }
      expect(harness.sampler.byCause.get("wait")).toBe(1);
      expect(harness.sampler.figures().lateKept).toBeGreaterThan(45);
      expect(harness.unaccounted()).toBe(0);
    });

    it("takes clocks an hour apart at their word: the trace lasted an hour", async () => {
      const slow = { name: "slow", condition: { kind: "latency" as const, aboveMs: 3_599_000 }, keep: keep(1) };
      const harness = new TraceHarness(tracePolicy([slow, { ...all[0], keep: keep(0) }]));
      const hour = 3_600_000_000_000n;
      const base = 1_700_000_000_000_000_000n;
      harness.send(encodeRequest(requestOf(modelSpan(1), modelSpan(1, { start: base + hour, end: base + hour + 1n })), seededRandom(1)));
      // An end before the start alone makes no duration.
      harness.send(encodeRequest(requestOf(modelSpan(2, { start: base + hour, end: base })), seededRandom(1)));
      await harness.clock.advance(2000);
      expect(harness.sent).toHaveLength(2);
      expect(new Set(harness.sent.map((span) => span.traceId)).size).toBe(1);
    });

    it("bounds a trace of a million spans: it is decided early at the bound, and its later spans follow", async () => {
      const harness = new TraceHarness(tracePolicy(all, { spansMax: 20_000 }));
      const request = plainRequest(...Array.from({ length: 1000 }, () => modelSpan(1)));
      for (let sent = 0; sent < 1_000_000; sent += 1000) {
        expect(harness.send(request)).toBe(1000);
        expect(harness.sampler.store.spans).toBeLessThanOrEqual(20_000);
      }
      expect(harness.sampler.byCause.get("spansMax")).toBe(1);
      expect(harness.unaccounted()).toBe(0);
      await harness.clock.advance(2000);
      expect(harness.sent).toHaveLength(1_000_000);
    }, 300_000);

    it("sends a kept trace that is larger than the queue in pieces, as there is room", async () => {
      const harness = new TraceHarness(tracePolicy(all));
      harness.room = { spans: 100, bytes: 1e9 };
      harness.send(plainRequest(...Array.from({ length: 1000 }, () => modelSpan(1))));
      await harness.clock.advance(1100);
      expect(harness.sent).toHaveLength(100);
      for (let turn = 0; turn < 20; turn++) {
        harness.queued = 0;
        harness.room = { spans: 100, bytes: 1e9 };
        harness.sampler.roomFreed();
        expect(harness.unaccounted()).toBe(0);
      }
      expect(harness.sent).toHaveLength(1000);
      expect(new Set(harness.sent.map((span) => span.spanId)).size).toBe(1000);
    });
  });

  it("sheds the last tiers first when memory runs out, counted by tier, and no trace in part", async () => {
    const policy = tracePolicy([
      { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
      { name: "long", condition: { kind: "spanCount", atLeast: 3 }, keep: keep(1) },
      { name: "default", condition: { kind: "always" }, keep: keep(1) },
    ]);
    const harness = new TraceHarness(policy);
    const traces = (base: number) => plainRequest(...[1, 1, 2, 2, 2, 3].map((trace, at) => modelSpan(base + trace, at === 0 ? { status: 2 } : {})));
    harness.shedTiers = 1;
    harness.send(traces(0));
    await harness.clock.advance(1100);
    expect(harness.tierNames(harness.kept)).toEqual({ errors: 2, long: 3 });
    expect(harness.tierNames(harness.shed)).toEqual({ default: 1 });
    harness.shedTiers = 2;
    harness.send(traces(100));
    await harness.clock.advance(1100);
    expect(harness.tierNames(harness.kept)).toEqual({ errors: 4, long: 3 });
    expect(harness.tierNames(harness.shed)).toEqual({ default: 2, long: 3 });
    expect(harness.unaccounted()).toBe(0);
    expect(harness.sampler.store.spans).toBe(0);
  });

  it("sends nothing any more of what a stop gave up", () => {
    const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }]));
    harness.room = { spans: 0, bytes: 0 };
    harness.queued = 1;
    harness.send(plainRequest(modelSpan(1), modelSpan(2)));
    harness.sampler.decideAll();
    expect(harness.sampler.abandon()).toBe(2);
    harness.free();
    expect(harness.sent).toEqual([]);
  });

  describe("a change of policy", () => {
    const error = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: keep(1) };
    const rest = (share: number) => ({ name: "default", condition: { kind: "always" as const }, keep: keep(share) });

    it("decides traces that wait under the version that they arrived with, spans that come later included", async () => {
      const harness = new TraceHarness(tracePolicy([error, rest(0)]));
      const random = seededRandom(1);
      harness.send(encodeRequest(requestOf(modelSpan(1), modelSpan(2)), random));
      const named = { name: "named", condition: { kind: "endpoint" as const, match: "exact" as const, values: ["special"] }, keep: keep(1) };
      const carried = harness.use(tracePolicy([named, rest(0)]), 2);
      expect(carried).toEqual({ tracesCarriedOver: 2, spansCarriedOver: 2, tracesDecidedEarly: 0, spansDecidedEarly: 0, spansLost: 0 });
      // An error matters to trace 1 still, a name only to trace 3.
      harness.send(
        encodeRequest(
          requestOf(modelSpan(1, { status: 2 }), modelSpan(2, { name: "special" }), modelSpan(3, { name: "special" }), modelSpan(4, { status: 2 })),
          random,
        ),
      );
      await harness.clock.advance(2000);
      expect(harness.tierNames(harness.kept)).toEqual({ errors: 2, named: 1 });
      expect(harness.tierNames(harness.sampledOut)).toEqual({ default: 3 });
      expect(harness.unaccounted()).toBe(0);
    });

    it("lets nobody wait longer than the new version would", async () => {
      const harness = new TraceHarness(tracePolicy([rest(1)], { decisionWaitMs: 3_600_000 }));
      harness.send(encodeRequest(requestOf(modelSpan(1)), seededRandom(1)));
      harness.use(tracePolicy([rest(1)]), 2);
      await harness.clock.advance(1100);
      expect(harness.sent).toHaveLength(1);
    });

    it("decides early what does not fit the new bounds, and says how much that was", () => {
      const harness = new TraceHarness(tracePolicy([rest(0.5)], { tracesMax: 5000 }));
      harness.send(plainRequest(...Array.from({ length: 3000 }, (_, trace) => modelSpan(trace))));
      const carried = harness.use(tracePolicy([rest(0.5)], { tracesMax: 1000 }), 2);
      expect(carried).toEqual({ tracesCarriedOver: 1000, spansCarriedOver: 1000, tracesDecidedEarly: 2000, spansDecidedEarly: 2000, spansLost: 0 });
      expect(harness.unaccounted()).toBe(0);
    });

    it("changes nothing when there is not the memory for the new bounds", async () => {
      const harness = new TraceHarness(tracePolicy([error, rest(0)]));
      harness.send(plainRequest(modelSpan(1, { status: 2 })));
      for (const bounds of [{ tracesMax: 1e9 }, { spansMax: 1e10 }, { tracesMax: 5000, decisionCache: { entriesMax: 1e10, ttlMs: 1000 } }]) {
        expect(() => harness.use(tracePolicy([rest(0)], bounds), 2)).toThrow(RangeError);
      }
      expect(harness.sampler.figures()).toMatchObject({ tracesMax: 1000, waitingTraces: 1 });
      harness.send(plainRequest(modelSpan(2, { status: 2 })));
      await harness.clock.advance(2000);
      expect(harness.tierNames(harness.kept)).toEqual({ errors: 2 });
      expect(harness.unaccounted()).toBe(0);
    });

    it("goes over to single spans: what waits is decided as it would have been, what is new at once", async () => {
      const harness = new TraceHarness(tracePolicy([error, rest(0)]));
      const random = seededRandom(1);
      harness.send(encodeRequest(requestOf(modelSpan(1)), random));
      harness.use({ scope: "span", tiers: [error, rest(0)] }, 2);
      harness.send(encodeRequest(requestOf(modelSpan(1, { status: 2 }), modelSpan(2, { status: 2 }), modelSpan(2)), random));
      expect(harness.tierNames(harness.kept)).toEqual({ errors: 1 });
      expect(harness.tierNames(harness.sampledOut)).toEqual({ default: 1 });
      await harness.clock.advance(2000);
      expect(harness.tierNames(harness.kept)).toEqual({ errors: 3 });
      expect(harness.unaccounted()).toBe(0);
      expect(harness.sampler.isIdle()).toBe(false);
      await harness.clock.advance(60_000);
      expect(harness.sampler.isIdle()).toBe(true);
    });

    it("keeps at most sixteen older versions: the oldest one's traces are decided early, and counted", async () => {
      const harness = new TraceHarness(tracePolicy([rest(1)], { decisionWaitMs: 60_000 }));
      const random = seededRandom(1);
      let early = 0;
      for (let version = 0; version < 40; version++) {
        harness.send(encodeRequest(requestOf(modelSpan(version)), random));
        const carried = harness.use(tracePolicy([rest(1)], { decisionWaitMs: 60_000 }), version + 2);
        early += carried.tracesDecidedEarly;
        expect(carried.spansLost).toBe(0);
        expect(carried.tracesCarriedOver).toBeLessThanOrEqual(16);
      }
      expect(early).toBe(24);
      expect(harness.sampler.byCause.get("policyChange")).toBe(24);
      expect(harness.unaccounted()).toBe(0);
    });
  });

  it(
    "accounts for every span whatever happens: bounds, a full queue, late spans, changes of policy, a stop",
    async () => {
      const step = fc.oneof(
        {
          weight: 8,
          arbitrary: fc.record({
            kind: fc.constant("send" as const),
            traces: fc.array(fc.nat({ max: 1800 }), { minLength: 1, maxLength: 400 }),
            root: fc.boolean(),
          }),
        },
        { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat({ max: 700 }) }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant("room" as const), spans: fc.constantFrom(0, 10, 500, 1e9) }) },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant("use" as const),
            tiers,
            scope: fc.constantFrom("trace" as const, "trace" as const, "span" as const),
            settings: fc.record({
              decisionWaitMs: fc.integer({ min: 10, max: 2000 }),
              tracesMax: fc.constantFrom(1000, 1200, 3000),
              spansMax: fc.constantFrom(1000, 5000),
            }),
          }),
        },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), tiers, async (steps, first) => {
          const harness = new TraceHarness(tracePolicy(first));
          for (const [index, one] of steps.entries()) {
            if (one.kind === "send") {
              const spans = one.traces.map((trace, at) =>
                modelSpan(trace, {
                  status: trace % 13 === 0 ? 2 : 0,
                  parent: one.root && at % 3 === 0 ? new Uint8Array(0) : Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1),
                }),
              );
              harness.send(plainRequest(...spans));
            } else if (one.kind === "wait") await harness.clock.advance(one.ms);
            else if (one.kind === "room") {
              harness.room = { spans: one.spans, bytes: 1e9 };
              if (one.spans > 0) harness.queued = 0;
              harness.sampler.roomFreed();
            } else {
              const policy: SamplingPolicy =
                one.scope === "trace"
                  ? tracePolicy(one.tiers, one.settings)
                  : { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: keep(0.5) }] };
              const carried = harness.use(policy, index);
              expect(carried.spansLost).toBe(0);
            }
            expect(harness.unaccounted()).toBe(0);
          }
          harness.sampler.decideAll();
          expect(harness.sampler.unsent).toBe(harness.sampler.store.spans);
          harness.free();
          await harness.clock.advance(5000);
          expect(harness.unaccounted()).toBe(0);
          expect(harness.sampler.store.spans).toBe(0);
          expect(harness.sampler.table.traces).toBe(0);
          expect(harness.sampler.figures().heldBytes).toBe(0);
          expect(new Set(harness.sent.map((span) => span.spanId)).size).toBe(harness.sent.length);
        }),
        { numRuns: Math.ceil(runs / 4), endOnFailure: true },
      );
    },
    timeout,
  );

  it("says of its settings what it was given", () => {
    expect(new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: keep(1) }])).sampler.figures()).toMatchObject({
      tracesMax: SETTINGS.tracesMax,
      spansMax: SETTINGS.spansMax,
      bytesMax: SETTINGS.bytesMax,
    });
  });
});
