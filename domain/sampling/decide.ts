import { matchCondition } from "./matchCondition.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import type { SpanFacts } from "./spanFacts.ts";
import { ratioToThreshold, thresholdToRatio, traceIdRandomness } from "./threshold.ts";
import { parseTraceState } from "./traceState.ts";

/** A decision with everything that led to it. */
export type Decision = {
  keep: boolean;
  tierIndex: number;
  tierName: string;
  ratio: number;
  /** Kept when randomness ≥ threshold; 2^56: never. */
  threshold: bigint;
  randomness: bigint;
  /** The threshold that a kept span carries on: the tier's, or the incoming one where that is higher. */
  outgoingThreshold: bigint;
  reason: string;
};

/** The 56 bits a span's trace was given: tracestate `rv` where it is valid, else the last 7 bytes of the trace id. */
export function randomnessOf(span: Pick<SpanFacts, "traceId" | "traceState">): bigint {
  return parseTraceState(span.traceState).randomness ?? traceIdRandomness(span.traceId);
}

/** The first tier whose condition matches decides; the last one matches everything. */
export function decide(span: SpanFacts, policy: SamplingPolicy, randomness: bigint): Decision {
  const found = policy.tiers.findIndex((tier) => matchCondition(tier.condition, span));
  const tierIndex = found === -1 ? policy.tiers.length - 1 : found;
  const tier = policy.tiers[tierIndex];
  const threshold = ratioToThreshold(tier.keep.ratio);
  const keep = randomness >= threshold;
  const incoming = parseTraceState(span.traceState).threshold ?? 0n;
  const share = thresholdToRatio(randomness);
  const reason = `tier "${tier.name}" keeps ${tier.keep.ratio * 100}%: this trace's draw ${share.toPrecision(6)} is ${keep ? "within" : "above"} ${tier.keep.ratio}`;
  return {
    keep,
    tierIndex,
    tierName: tier.name,
    ratio: tier.keep.ratio,
    threshold,
    randomness,
    outgoingThreshold: incoming > threshold ? incoming : threshold,
    reason,
  };
}
