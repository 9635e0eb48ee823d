import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIVE_PRICE_DEFAULT } from "#domain/cost/livePrice.ts";
import { outcomeOf, spansOf } from "#domain/sampling/compare/comparisonCounts.ts";
import { REPLAY_GAPS_MAX, type ShadowReport, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import { summariseComparison } from "#domain/sampling/compare/summariseComparison.ts";
import { decide, randomnessOf, traceRandomness } from "#domain/sampling/decide.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { SpanFacts } from "#domain/sampling/spanFacts.ts";
import { ManualClock } from "../manualClock.ts";
import type { RecordedPart, Recording } from "../record/recording.ts";
import { advanceBudgets, compilePolicy } from "../sample/compilePolicy.ts";
import { offerSampled, sampleWithinBudgets } from "../sample/sampleWithinBudgets.ts";
import { expectCounts, type Wanted, withServices } from "../sample/shadow/countsTestData.ts";
import { Shadow } from "../sample/shadow/shadow.ts";
import { createSpanSampler } from "../sample/spanSampler.ts";
import { modelSpan, plainRequest, TraceHarness, tracePolicy } from "../sample/trace/traceTestData.ts";
import { encodeRequest, factsOf, type ModelRequest, type ModelSpan, policies, requests, seededRandom, traceConditions } from "../sample/wireTestData.ts";
import { PartNarrower } from "./narrowPart.ts";
import { partOf, recordingOf, spansIn } from "./recordingTestData.ts";
import { Replay } from "./replay.ts";
import { isOfShare } from "./shareOfTraces.ts";

const runs = Number(process.env.PROPERTY_RUNS ?? 60);
const timeout = 60_000 + runs * 40;
const START = 1_764_400_000_000;
const HOUR = 3_600_000;

const always = { kind: "always" as const };
const ratio = (share: number) => ({ kind: "ratio" as const, ratio: share });
const rest = (share: number) => ({ name: "default", condition: always, keep: ratio(share) });
const spanPolicy = (...tiers: SamplingPolicy["tiers"]): SamplingPolicy => ({ scope: "span", tiers });
const errors = { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: ratio(1) };

type Asked = { baseline: SamplingPolicy; candidate: SamplingPolicy };

function begin(recording: Recording, policiesOf: Asked, bounds?: ConstructorParameters<typeof Replay>[0]["bounds"]): Replay {
  return new Replay({ recording, revision: 3, now: () => performance.now(), cpuMs: () => 0, bounds, ...policiesOf });
}

const told = (replay: Replay): ShadowReport => shadowReportSchema.parse(JSON.parse(JSON.stringify(replay.report())));

async function replayed(recording: Recording, policiesOf: Asked): Promise<ShadowReport> {
  const replay = begin(recording, policiesOf);
  await replay.run(new AbortController().signal, () => undefined);
  return told(replay);
}

const share = fc.oneof(fc.constantFrom(0, 1, 0.5, 0.01), fc.double({ min: 0, max: 1, noNaN: true }));
const traceTiers = fc
  .tuple(fc.array(fc.tuple(traceConditions, share), { maxLength: 5 }), share)
  .map(([some, last]) => [...some.map(([condition, kept], index) => ({ name: `tier ${index}`, condition, keep: ratio(kept) })), rest(last)]);
const spanPolicies = policies;
const tracePolicies = fc
  .tuple(traceTiers, fc.constantFrom({}, { decisionWaitMs: 500, decisionWaitAfterRootMs: 100 }))
  .map(([tiers, waits]): SamplingPolicy => tracePolicy(tiers, waits));

/** Six traces, over the services of the request. */
const mixed = requests.map((model) => {
  let count = 0;
  return withServices(model).map(({ resource, scopes }) => ({
    resource,
    scopes: scopes.map(({ name, spans }) => ({ name, spans: spans.map((span) => ({ ...span, traceId: modelSpan((count++ % 6) * 7919).traceId })) })),
  }));
});

type Placed = { span: ModelSpan; facts: SpanFacts; service: string };
function placed(request: ModelRequest): Placed[] {
  return request.flatMap(({ resource, scopes }) =>
    scopes.flatMap(({ spans }) =>
      spans.map((span) => ({ span, facts: factsOf(span, resource), service: String(resource[0].value.kind === "string" && resource[0].value.value) })),
    ),
  );
}

/** What decide() says of a span by itself, and of a span as one of its trace. */
function decisionOn(policy: SamplingPolicy, own: SpanFacts, trace: readonly SpanFacts[]) {
  if (policy.scope === "span") return decide({ spans: [own] }, policy, randomnessOf(own));
  return decide({ spans: trace }, policy, traceRandomness({ spans: trace }));
}

describe("Replay over everything that came", () => {
  it.each([
    ["span", "span", spanPolicies, spanPolicies],
    ["trace", "trace", tracePolicies, tracePolicies],
    ["trace", "span", tracePolicies, spanPolicies],
    ["span", "trace", spanPolicies, tracePolicies],
  ])(
    "counts what decide() says of a running policy of %s scope and a candidate of %s scope",
    async (liveScope, candidateScope, lives, candidates) => {
      await fc.assert(
        fc.asyncProperty(fc.array(mixed, { minLength: 1, maxLength: 3 }), lives, candidates, fc.integer(), async (models, baseline, candidate, seed) => {
          // Within the shortest wait, so that no trace is decided before all of it is there.
          const parts = models.map((model, at) => partOf(START + at * 20, encodeRequest(model, seededRandom(seed), true)));
          const { counts, state, live, replay } = await replayed(recordingOf(parts), { baseline, candidate });
          const spans = models.flatMap(placed);
          const byTrace = Map.groupBy(spans, ({ facts }) => facts.traceId);
          expectCounts(
            counts,
            spans.map(({ facts, service }): Wanted => {
              const trace = (byTrace.get(facts.traceId) ?? []).map((one) => one.facts);
              const [ours, theirs] = [baseline, candidate].map((policy) => decisionOn(policy, facts, trace));
              return { live: ours.tierName, candidate: theirs.tierName, outcome: outcomeOf(ours.keep, theirs.keep), service, spans: 1 };
            }),
          );
          if (parts.every(({ request }) => request.length === 0)) return;
          expect(counts.units).toBe(liveScope === "span" && candidateScope === "span" ? spans.length : byTrace.size);
          expect(live).toMatchObject({ scope: liveScope, revision: 3 });
          expect([state, replay?.progress, replay?.spans]).toEqual(["ended", 1, spans.length]);
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );
});

/** Traces of three to six spans over some services and minutes: errors and slow ones among them. */
function traffic(seed: number, traces: number): { atMs: number; request: Buffer }[] {
  const random = seededRandom(seed);
  return Array.from({ length: traces / 10 }, (_, at) => {
    const spans = Array.from({ length: 10 }, () => {
      const traceId = Buffer.from(Array.from({ length: 16 }, () => random(256)));
      const ends = 1_700_000_000_000_000_000n + BigInt(random(100) < 10 ? 900_000_000 : 5_000_000);
      return Array.from({ length: 3 + random(4) }, () => modelSpan(0, { traceId, status: random(100) < 5 ? 2 : 0, end: ends }));
    });
    return { atMs: START + at * 200, request: plainRequest(...spans.flat()) };
  });
}

/** As a collector records it: only traces of a share, which may be another one in each part; all of what came is known. */
function recorded(requests: readonly { atMs: number; request: Buffer }[], shareAt: (at: number) => number): Recording {
  const parts = requests.map(({ atMs, request }, at): RecordedPart => {
    const { spans, bytes } = spansIn(request);
    const narrowed = new PartNarrower().narrow(request, (idAt) => isOfShare(request, idAt, shareAt(at))) ?? Buffer.alloc(0);
    return partOf(atMs, narrowed, { share: shareAt(at), seenSpans: spans, seenBytes: bytes });
  });
  return recordingOf(parts);
}

const SLOW = { name: "slow", condition: { kind: "latency" as const, aboveMs: 500 }, keep: ratio(1) };
const COMBINATIONS: [string, Asked][] = [
  ["two policies of span scope", { baseline: spanPolicy(errors, rest(0.3)), candidate: spanPolicy(SLOW, rest(0.1)) }],
  ["two policies of trace scope", { baseline: tracePolicy([errors, rest(0.3)]), candidate: tracePolicy([SLOW, rest(0.1)]) }],
  ["a candidate of span scope", { baseline: tracePolicy([errors, rest(0.3)]), candidate: spanPolicy(SLOW, rest(0.1)) }],
  ["a candidate of trace scope", { baseline: spanPolicy(errors, rest(0.3)), candidate: tracePolicy([SLOW, rest(0.1)]) }],
];

describe("Replay over a share of the traces", () => {
  it.each(COMBINATIONS)("estimates without bias, and its interval covers what all of the traffic says: %s", async (_name, asked) => {
    const repeats = 60;
    let covered = 0;
    let kept = 0;
    let all = 0;
    let truth = 0;
    for (let seed = 0; seed < repeats; seed++) {
      const came = traffic(seed, 400);
      const whole = (await replayed(recordingOf(came.map(({ atMs, request }) => partOf(atMs, request))), asked)).counts;
      const part = await replayed(
        recorded(came, () => 0.25),
        asked,
      );
      expect(part).toMatchObject({ share: 0.25, replay: { recordedShare: 0.25 } });
      expect(part.counts.seen).toEqual(whole.seen);
      expect(part.counts.compared.spans * 4).toBeCloseTo(spansOf(part.counts.total), 6);
      kept += part.counts.total.both.spans + part.counts.total.candidateOnly.spans;
      all += spansOf(part.counts.total) / whole.seen.spans;
      truth += whole.total.both.spans + whole.total.candidateOnly.spans;
      const { figures } = summariseComparison({
        collectors: [{ counts: part.counts, windowMs: part.windowMs }],
        price: LIVE_PRICE_DEFAULT,
        hasBudget: false,
        waitsDiffer: false,
        scopesDiffer: false,
        recording: { isPartial: false, isLess: false, isRedacted: false, hasGaps: false },
      });
      const is = (whole.total.both.spans + whole.total.candidateOnly.spans) / spansOf(whole.total);
      const { low = 1, high = 0 } = figures?.keptShare.candidate ?? {};
      if (low <= is && is <= high) covered++;
    }
    expect(Math.abs(all / repeats - 1)).toBeLessThan(0.05);
    expect(Math.abs(kept / truth - 1)).toBeLessThan(0.1);
    expect(covered / repeats).toBeGreaterThan(0.85);
  });

  it("takes the traces of the lowest share from what was recorded at a higher one, and so has whole ones", async () => {
    const came = traffic(1, 600);
    const lowest = await replayed(
      recorded(came, () => 0.125),
      COMBINATIONS[1][1],
    );
    const changing = await replayed(
      recorded(came, (at) => (at % 3 === 0 ? 0.125 : 0.5)),
      COMBINATIONS[1][1],
    );
    expect(changing.counts).toEqual(lowest.counts);
    expect(changing.share).toBe(0.125);
  });

  it("feeds the budgets of both policies with what the traffic was, not with what was recorded of it", async () => {
    const budget = { name: "default", condition: always, keep: { kind: "budget" as const, spansPerSecond: 40 } };
    // 225 spans a second came.
    const came = traffic(5, 3000);
    for (const [baseline, candidate] of [
      [spanPolicy(budget), spanPolicy(budget)],
      [tracePolicy([budget]), tracePolicy([budget])],
      [tracePolicy([budget]), spanPolicy(budget)],
      [spanPolicy(budget), tracePolicy([budget])],
    ]) {
      const { counts, live } = await replayed(
        recorded(came, () => 0.25),
        { baseline, candidate },
      );
      const seconds = (came.length * 200) / 1000;
      expect(live.hasBudget).toBe(true);
      for (const only of [counts.total.liveOnly, counts.total.candidateOnly]) {
        expect((counts.total.both.spans + only.spans) / seconds).toBeGreaterThan(20);
        expect((counts.total.both.spans + only.spans) / seconds).toBeLessThan(80);
      }
    }
  });
});

describe("Replay of what a shadow saw", () => {
  const budget = { name: "default", condition: always, keep: { kind: "budget" as const, spansPerSecond: 60 } };
  const label = { revision: 3, hash: "" };
  const free = { threadCpuMs: () => 0, isMemoryTight: () => false };

  it.each([
    ["fixed shares", spanPolicy(errors, rest(0.3)), spanPolicy(SLOW, rest(0.1))],
    ["budgets", spanPolicy(errors, budget), spanPolicy(SLOW, budget)],
  ])("counts the same in span scope: %s", async (_name, baseline, candidate) => {
    const clock = new ManualClock();
    const compiled = compilePolicy(baseline);
    const sampler = createSpanSampler();
    const shadow = new Shadow({ candidate, minutes: 60, live: { compiled, label }, clock, ...free });
    const parts: RecordedPart[] = [];
    for (const { request } of traffic(3, 600)) {
      advanceBudgets(compiled, clock.now());
      sampleWithinBudgets(sampler, request, 0, request.length, compiled);
      offerSampled(sampler, compiled);
      shadow.accepted(request, sampler.table, compiled);
      parts.push(partOf(clock.unixMs(), request));
      await clock.advance(50);
    }
    const report = await replayed(recordingOf(parts), { baseline, candidate });
    const lived = shadow.report();
    expect(report.counts).toEqual(lived.counts);
    expect([report.newlyDropped, report.newlyKept]).toEqual([lived.newlyDropped, lived.newlyKept]);
    expect(report.live).toEqual(lived.live);
  });

  it.each([
    ["trace", tracePolicy([SLOW, rest(0.1)], { decisionWaitMs: 300 })],
    ["trace", tracePolicy([SLOW, budget])],
    ["span", spanPolicy(SLOW, rest(0.1))],
  ])("counts the same in trace scope, late spans and all: a candidate of %s scope", async (_scope, candidate) => {
    const baseline = tracePolicy([errors, rest(0.3)], { decisionWaitMs: 400, decisionWaitAfterRootMs: 100 });
    const harness = new TraceHarness(baseline);
    const compiled = compilePolicy(baseline);
    harness.sampler.use(
      compiled,
      label,
      baseline.tiers.map((_, tier) => tier),
    );
    const shadow = new Shadow({ candidate, minutes: 60, live: { compiled, label }, clock: harness.clock, ...free });
    harness.sampler.shadow = shadow;
    const parts: RecordedPart[] = [];
    const earlier: ModelSpan[] = [];
    for (let step = 0; step < 200; step++) {
      const spans = Array.from({ length: 5 }, (_, index) => modelSpan(step * 5 + index, { status: (step + index) % 9 === 0 ? 2 : 0 }));
      // Some come together with their trace's others, some while those wait, and some after the decision.
      const request = plainRequest(...spans, ...spans.slice(0, 2), ...earlier.slice(-7, -5), ...(step % 4 === 0 ? earlier.slice(-60, -57) : []));
      if (step % 5 === 0) earlier.push(modelSpan(step * 5, { parent: new Uint8Array(0) }));
      earlier.push(...spans);
      parts.push(partOf(harness.clock.unixMs(), request));
      harness.send(request);
      await harness.clock.advance(40);
    }
    await harness.clock.advance(2000);
    const lived = shadow.report();
    expect(lived.counts.late).toBeGreaterThan(0);
    const report = await replayed(recordingOf(parts), { baseline, candidate });
    expect(report.counts).toEqual(lived.counts);
    expect([report.newlyDropped, report.newlyKept]).toEqual([lived.newlyDropped, lived.newlyKept]);
    expect(report.live).toEqual(lived.live);
  });
});

describe("Replay", () => {
  const asked: Asked = { baseline: spanPolicy(errors, rest(0.3)), candidate: spanPolicy(SLOW, rest(0.1)) };
  const came = traffic(2, 400).map(({ atMs, request }) => partOf(atMs, request));

  it("says how far it is while it reads, and counts what it has read by then", async () => {
    const replay = begin(recordingOf(came), asked);
    const seen: ShadowReport[] = [];
    await replay.run(new AbortController().signal, () => void seen.push(told(replay)));
    const progress = seen.map((report) => report.replay?.progress ?? 0);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress[9]).toBeCloseTo(10 / came.length, 1);
    expect(seen[9]).toMatchObject({ state: "running", countingSinceMs: START, windowMs: 9 * 200 });
    expect(seen[9].counts.seen.spans).toBe(came.slice(0, 10).reduce((sum, { spans }) => sum + spans, 0));
    expect(told(replay)).toMatchObject({ state: "ended", windowMs: (came.length - 1) * 200, restarts: 0, replay: { progress: 1, decidedEarly: 0 } });
  });

  it("stops between two parts when it is told to, and keeps what it has counted", async () => {
    const replay = begin(recordingOf(came), asked);
    const cancel = new AbortController();
    let parts = 0;
    await replay.run(cancel.signal, () => {
      if (++parts === 7) cancel.abort();
      return undefined;
    });
    expect(parts).toBe(7);
    expect(told(replay)).toMatchObject({ state: "stopped", windowMs: 6 * 200 });
    expect(told(replay).counts.compared.spans).toBe(came.slice(0, 7).reduce((sum, { spans }) => sum + spans, 0));
  });

  it("refuses where nothing was recorded", async () => {
    expect(await replayed(recordingOf([]), asked)).toMatchObject({
      state: "refused",
      reason: expect.stringMatching(/^nothing was recorded in the time asked for/),
    });
  });

  it("names the longest gaps and counts the others, and takes their time from what it covers", async () => {
    const gaps = Array.from({ length: REPLAY_GAPS_MAX + 5 }, (_, at) => ({ fromMs: START + at * 100, untilMs: START + at * 100 + 10 + at, reason: "stopped" }));
    const report = await replayed(recordingOf(came, { gaps, untilMs: START + HOUR }), asked);
    expect(report.replay?.gaps).toHaveLength(REPLAY_GAPS_MAX);
    expect(report.replay?.gaps[0].fromMs).toBe(START + 500);
    expect(report.replay?.gapsLeftOut).toBe(5);
    expect(report.windowMs).toBe(HOUR - gaps.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0));
  });

  it("leaves out a part that can't be read, and says where that was", async () => {
    for (const policiesOf of COMBINATIONS.map(([, each]) => each)) {
      const torn = came.map((part, at) => (at === 5 || at === 6 ? { ...part, request: part.request.subarray(0, part.request.length - 3) } : part));
      const report = await replayed(recordingOf(torn), policiesOf);
      expect(report.replay?.gaps).toEqual([{ fromMs: came[4].atMs, untilMs: came[6].atMs, reason: "a piece of the recording can't be read" }]);
      expect(report.counts.seen.spans - report.counts.compared.spans).toBe(came[5].spans + came[6].spans);
    }
  });

  it("survives whatever lies on the disk", async () => {
    const random = seededRandom(11);
    for (const policiesOf of COMBINATIONS.map(([, each]) => each)) {
      for (let round = 0; round < 30; round++) {
        const broken = came.slice(0, 12).map((part) => {
          const request = Buffer.from(part.request);
          for (let change = 0; change < 3; change++) request[random(request.length)] = random(256);
          return { ...part, request, share: random(2) === 0 ? 1 : 0.5 };
        });
        const report = await replayed(recordingOf(broken), policiesOf);
        expect(report.state).toBe("ended");
      }
    }
  });

  it("names the redacted attributes that a policy asks for", async () => {
    const attribute = (key: string) => ({ kind: "attribute" as const, key, in: "span" as const, op: "equals" as const, value: "x" });
    const candidate = spanPolicy({ name: "some", condition: { kind: "not", of: attribute("enduser.id") }, keep: ratio(1) }, rest(0.5));
    const report = await replayed(recordingOf(came, { redacted: ["enduser.*", "db.statement"] }), { ...asked, candidate });
    expect(report.replay?.redacted).toEqual(["enduser.id"]);
  });

  it("holds no more spans than it may, decides the oldest early and says how many", async () => {
    const baseline = tracePolicy([rest(0.5)], { decisionWaitMs: 600_000, decisionWaitAfterRootMs: 600_000 });
    const bounds = { tracesMax: 10_000, spansMax: 200, bytesMax: 33_554_432, cacheEntriesMax: 10_000 };
    const replay = begin(recordingOf(came), { baseline, candidate: baseline }, bounds);
    await replay.run(new AbortController().signal, () => undefined);
    const { counts, replay: figures } = told(replay);
    expect(figures?.decidedEarly).toBeGreaterThan(300);
    expect(counts.compared.spans).toBe(came.reduce((sum, { spans }) => sum + spans, 0));
  });

  it("goes on where the clock was set back", async () => {
    const back = came.map((part, at) => (at < 20 ? part : { ...part, atMs: part.atMs - HOUR }));
    const report = await replayed(recordingOf(back, { fromMs: START, untilMs: START + HOUR }), COMBINATIONS[1][1]);
    expect(report.counts.compared.spans).toBe(came.reduce((sum, { spans }) => sum + spans, 0));
  });
});
