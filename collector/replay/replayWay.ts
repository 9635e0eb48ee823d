import type { ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import { swapSides } from "#domain/sampling/compare/swapSides.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { advanceBudgets, compilePolicy } from "../sample/compilePolicy.ts";
import { offerSampled, sampleWithinBudgets } from "../sample/sampleWithinBudgets.ts";
import { Shadow } from "../sample/shadow/shadow.ts";
import { chosenBefore } from "../sample/shadow/shadowPace.ts";
import { createSpanSampler } from "../sample/spanSampler.ts";
import type { Outlets, TraceBooks } from "../sample/trace/outlet.ts";
import { TraceSampler } from "../sample/trace/traceSampler.ts";
import type { VirtualClock } from "./virtualClock.ts";

/**
 * What may wait for its decision in a replay, whatever the policy's own bounds are: those are for all of the traffic, and here is a share of it. Of these an entry of the cache takes
 * about 50 bytes, a span 50 besides its own, a trace 130.
 */
export const WAITING_BOUNDS = { tracesMax: 100_000, spansMax: 400_000, bytesMax: 100_663_296, cacheEntriesMax: 300_000 };
/** A tick of the sampler, and one more for good measure. */
const LAST_TICKS_MS = 1000;

/** How recorded requests are decided by both policies. */
export type ReplayWay = {
  /** ≥ 0: how many spans; negative: it can't be read, and nothing of it has been counted. The clock stands at when it was received. */
  take(request: Buffer): number;
  /** Nothing more comes: what waits is decided when it is due. */
  finish(): void;
  /** What has been counted, but for `seen` and what is told of the recording. */
  report(): ShadowReport;
  /** Spans that followed a decision taken before, and their bytes: they are in no count. */
  late(): { spans: number; bytes: number };
  decidedEarly(): number;
};

type Parts = {
  baseline: SamplingPolicy;
  candidate: SamplingPolicy;
  revision: number;
  clock: VirtualClock;
  /** Of the traces, this share comes: each span stands for 1 / share. */
  share: number;
  bounds?: typeof WAITING_BOUNDS;
};

export function replayWay(parts: Parts): ReplayWay {
  if (parts.baseline.scope === "span" && parts.candidate.scope === "span") return bySpan(parts);
  return byTrace(parts);
}

const NONE_LATE = { spans: 0, bytes: 0 };

function bySpan({ baseline, candidate, revision, clock, share }: Parts): ReplayWay {
  const compiled = compilePolicy(baseline);
  const sampler = createSpanSampler();
  const shadow = new Shadow({ candidate, live: { compiled, label: { revision, hash: "" } }, clock, pace: chosenBefore(share), ...UNBOUND });
  return {
    take(request) {
      advanceBudgets(compiled, clock.now());
      const found = sampleWithinBudgets(sampler, request, 0, request.length, compiled, 1 / share);
      if (found <= 0) return found;
      offerSampled(sampler, compiled, 1 / share);
      shadow.accepted(request, sampler.table, compiled);
      return found;
    },
    finish() {},
    report: () => shadow.report(),
    late: () => NONE_LATE,
    decidedEarly: () => 0,
  };
}

/**
 * The running policy decides where it is of trace scope, and the candidate is asked about the same traces. A candidate of trace scope beside a running policy of span scope decides
 * itself, and the running policy is asked about each span: what that counts has its sides the wrong way round (`swapSides`).
 */
function byTrace({ baseline, candidate, revision, clock, share, bounds = WAITING_BOUNDS }: Parts): ReplayWay {
  const [deciding, asked] = baseline.scope === "trace" ? [baseline, candidate] : [candidate, baseline];
  if (deciding.scope !== "trace") throw new Error("one of the policies has to be of trace scope");
  const { tracesMax, spansMax, bytesMax, cacheEntriesMax } = bounds;
  const settings = { ...deciding, tracesMax, spansMax, bytesMax, decisionCache: { ...deciding.decisionCache, entriesMax: cacheEntriesMax } };
  const compiled = compilePolicy(settings);
  const label = { revision, hash: "" };
  // What would be kept is shed at once: nothing has to be framed, and nothing waits for room.
  const sampler = new TraceSampler({ settings, outlets: DISCARD, books: NO_BOOKS, shedding: (tiers) => tiers, clock, seed: SEED, weight: 1 / share });
  sampler.use(
    compiled,
    label,
    compiled.tiers.map((_, tier) => tier),
  );
  const shadow = new Shadow({ candidate: asked, live: { compiled, label }, clock, pace: chosenBefore(share), ...UNBOUND });
  const late = { spans: 0, bytes: 0 };
  sampler.shadow = {
    decided: (trace) => shadow.decided(trace),
    late(bytes) {
      late.spans++;
      late.bytes += bytes;
      shadow.late();
    },
  };
  return {
    // Its bytes were checked all the way down before they were recorded.
    take: (request) => sampler.accept(request, 0, request.length, { networkMs: Number.NaN, isChecked: true }),
    finish() {
      clock.moveTo(clock.now() + deciding.decisionWaitMs + LAST_TICKS_MS);
      if (sampler.table.traces > 0) sampler.decideAll();
    },
    report() {
      const report = shadow.report();
      if (deciding === baseline) return report;
      const hasBudget = baseline.tiers.some(({ keep }) => keep.kind === "budget");
      return { ...swapSides(report), live: { revision, hasBudget, scope: "span", decisionWaitMs: 0, decisionWaitAfterRootMs: 0 } };
    },
    late: () => late,
    decidedEarly: () => sampler.figures().tracesDecidedEarly,
  };
}

/** A shadow by itself ends after a time, and where memory is tight: a replay ends with its recording. */
const UNBOUND = { minutes: Number.POSITIVE_INFINITY, threadCpuMs: () => 0, isMemoryTight: () => false };
const SEED = 0x2e91a4;
let discarded = Buffer.alloc(0);
/** Only late spans of traces that are kept come here. */
const DISCARD: Outlets = {
  of: () => 0,
  list: [
    {
      get buffer() {
        return discarded;
      },
      hasRoom: () => true,
      isEmpty: () => true,
      spansLeft: () => Number.POSITIVE_INFINITY,
      reserve(_spans, bytesMax) {
        if (discarded.length < bytesMax) discarded = Buffer.alloc(bytesMax);
        return 0;
      },
      commit: () => 0,
    },
  ],
};
const NO_BOOKS: TraceBooks = { sampledOut() {}, sent() {}, shed() {}, waited() {}, serialized() {}, tierName: () => "", keptAll() {} };
