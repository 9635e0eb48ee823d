import fc from "fast-check";
import { ManualClock } from "#collector/manualClock.ts";
import { SCAN_TOO_DEEP } from "#collector/otlp/scanTraces.ts";
import type { SpanTable } from "#collector/otlp/spanTable.ts";
import { compilePolicy } from "#collector/sample/compilePolicy.ts";
import type { Outlet } from "#collector/sample/trace/outlet.ts";
import { TraceSampler } from "#collector/sample/trace/traceSampler.ts";
import { tracePolicy } from "#collector/sample/trace/traceTestData.ts";
import { traceConditions } from "#collector/sample/wireTestData.ts";
import { RequestSplitter } from "#collector/shard/splitRequest.ts";
import { decide, traceRandomness } from "#domain/sampling/decide.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { rewriteTraceState } from "#domain/sampling/traceState.ts";
import { compareSpans } from "../compareSpans.ts";
import { generateMaybeMutated } from "../generateMaybeMutated.ts";
import { type ReadSpan, readRequest } from "../otlpOracle.ts";
import { pick } from "../random.ts";
import { ensure, type FuzzTarget } from "../target.ts";

/** A trace sampler that remembers nothing from one input to the next, and whatever it sends, each piece guarded on both sides. */
class Harness {
  readonly policy: SamplingPolicy & { scope: "trace" };
  readonly clock = new ManualClock();
  readonly sampler: TraceSampler;
  sent: Buffer[] = [];
  sampledOut = 0;

  constructor(policy: SamplingPolicy & { scope: "trace" }) {
    this.policy = policy;
    this.sampler = new TraceSampler({
      settings: policy,
      outlets: { list: [outletOf((piece) => this.sent.push(piece))], of: () => 0 },
      books: { sampledOut: (_tier, spans) => this.#count(spans), sent() {}, shed() {}, waited() {}, serialized() {}, tierName: String, keptAll() {} },
      shedding: () => 0,
      clock: this.clock,
      seed: 7,
    });
    const tierIds = policy.tiers.map((_tier, index) => index);
    this.sampler.use(compilePolicy(policy), { revision: 1, hash: "h" }, tierIds);
  }

  clear(): void {
    this.sent = [];
    this.sampledOut = 0;
  }

  #count(spans: number): void {
    this.sampledOut += spans;
  }
}

function outletOf(take: (piece: Buffer) => number): Outlet {
  let buffer: Buffer = Buffer.alloc(0);
  return {
    get buffer() {
      return buffer;
    },
    hasRoom: () => true,
    isEmpty: () => true,
    spansLeft: () => 512,
    reserve(_spans, bytesMax) {
      buffer = Buffer.alloc(bytesMax + 8, 0xee);
      return 4;
    },
    commit(from, end) {
      ensure(buffer[3] === 0xee && buffer.subarray(end).every((byte) => byte === 0xee), () => "written outside of its place");
      return take(Buffer.from(buffer.subarray(from, end)));
    },
  };
}

const SHARDS = 3;
const ratio = fc.constantFrom(0, 1, 0.5, 0.01);
const tiers = fc
  .tuple(fc.array(fc.tuple(traceConditions, ratio), { maxLength: 6 }), ratio)
  .map(([conditions, rest]): SamplingPolicy["tiers"] => [
    ...conditions.map(([condition, share], index) => ({ name: `tier ${index}`, condition, keep: { kind: "ratio" as const, ratio: share } })),
    { name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: rest } },
  ]);
const harnesses = fc
  .sample(tiers, { numRuns: 40, seed: 8 })
  .map((all) =>
    tracePolicy(all, { decisionWaitMs: 10, decisionWaitAfterRootMs: 10, tracesMax: 1000, spansMax: 1000, decisionCache: { entriesMax: 1000, ttlMs: 50 } }),
  )
  .map((policy) => new Harness(policy));

/** Trace scope: taking in, deciding and sending on of one request, and its division between threads. */
export const traceScope: FuzzTarget = {
  name: "trace-scope",
  generate: generateMaybeMutated,
  async check(input, random) {
    const reading = readRequest(input);
    const harness = pick(random, harnesses);
    const { policy, sampler, clock } = harness;
    harness.clear();
    const found = sampler.accept(input, 0, input.length, { networkMs: 1 });
    if (found < 0) {
      ensure(reading.kind !== "good" || found === SCAN_TOO_DEEP, () => `refused with ${found}, though protobufjs reads it`);
      return;
    }
    ensure(reading.kind === "good" || (reading.kind === "partlyBad" && !reading.isUsed), () => "taken, though protobufjs refuses it");
    if (found > 0) checkSplit(input, sampler.scanned, reading.kind === "good" ? reading.spans : undefined);
    // Until everything is decided and no decision is remembered.
    await clock.advance(200);
    ensure(sampler.store.spans === 0, () => `${sampler.store.spans} spans are left`);
    const sent = readRequest(Buffer.concat(harness.sent));
    if (sent.kind !== "good") throw new Error(`protobufjs refuses what was sent on: ${sent.kind}`);
    ensure(sent.spans.length + harness.sampledOut === found, () => `of ${found} spans ${sent.spans.length} were sent on, ${harness.sampledOut} sampled out`);
    if (reading.kind !== "good") return;
    ensure(found === reading.spans.length, () => `${found} spans were found, protobufjs reads ${reading.spans.length}`);
    const wanted = byTrace(reading.spans).flatMap((spans) => {
      const trace = { spans: spans.map(({ facts }) => facts) };
      const { keep, threshold } = decide(trace, policy, traceRandomness(trace));
      return keep ? spans.map(({ facts, textWith }) => textWith(rewriteTraceState(facts.traceState, threshold))) : [];
    });
    compareSpans(sent.spans, wanted, "sent on");
  },
};

/** Spans without a trace id, or one of zeros, which is none, are decided one by one. */
function byTrace(spans: readonly ReadSpan[]): ReadSpan[][] {
  const traces = new Map<string, ReadSpan[]>();
  for (const [index, span] of spans.entries()) {
    const id = /^0*$/.test(span.facts.traceId) ? `alone ${index}` : span.facts.traceId;
    traces.set(id, [...(traces.get(id) ?? []), span]);
  }
  return [...traces.values()];
}

/** Every span goes to one shard, as it came, and what the receiving thread says of it is what a scan finds. */
function checkSplit(input: Buffer, table: SpanTable, read: readonly ReadSpan[] | undefined): void {
  const splitter = new RequestSplitter(SHARDS, 7);
  splitter.split(input, table);
  const parts: ReadSpan[] = [];
  let spans = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    const size = splitter.size(shard);
    const out = Buffer.alloc(size + 8, 0xee);
    const end = splitter.write(shard, out, 4);
    ensure(end === size + 4 && out[3] === 0xee && out[end] === 0xee, () => "a part has another size than it said");
    ensure(splitter.part.spans === splitter.spans[shard], () => "a part has another number of spans than was said");
    spans += splitter.part.spans;
    const part = readRequest(out.subarray(4, end));
    if (part.kind !== "good") throw new Error(`protobufjs refuses a part: ${part.kind}`);
    parts.push(...part.spans);
  }
  ensure(spans === table.spans, () => `the parts have ${spans} spans of ${table.spans}`);
  if (read !== undefined)
    compareSpans(
      parts,
      read.map(({ facts, textWith }) => textWith(facts.traceState)),
      "in the parts",
    );
}
