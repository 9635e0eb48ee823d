import { formatRatio } from "./formatRatio.ts";
import { matchTrace } from "./matchCondition.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import type { SpanFacts, TraceFacts } from "./spanFacts.ts";
import { NEVER, ratioToThreshold, thresholdToRatio, traceIdRandomness } from "./threshold.ts";
import { parseTraceState } from "./traceState.ts";

/** A decision with everything that led to it. It holds for every span of the trace, the late ones too. */
export type Decision = {
  keep: boolean;
  tierIndex: number;
  tierName: string;
  /** The share that the tier keeps; of a budget tier the one in force. */
  ratio: number;
  /** Kept when randomness ≥ threshold; 2^56: never. */
  threshold: bigint;
  randomness: bigint;
  reason: string;
};

/** The 56 bits a span's trace was given: tracestate `rv` where it is valid, else the last 7 bytes of the trace id. */
export function randomnessOf(span: Pick<SpanFacts, "traceId" | "traceState">): bigint {
  return parseTraceState(span.traceState).randomness ?? traceIdRandomness(span.traceId);
}

/**
 * The randomness of a trace: an explicit `rv` before its id. All spans should carry the same one; where they don't, the highest counts, so that the order
 * in which they came does not matter.
 */
export function traceRandomness(trace: TraceFacts): bigint {
  let explicit: bigint | undefined;
  for (const { traceState } of trace.spans) {
    const { randomness } = parseTraceState(traceState);
    if (randomness !== undefined && (explicit === undefined || randomness > explicit)) explicit = randomness;
  }
  return explicit ?? traceIdRandomness(trace.spans[0]?.traceId ?? "");
}

/**
 * The first tier whose condition matches decides; the last one matches everything. `inForce` has the threshold of each budget tier by its index; where it
 * says nothing a budget tier keeps all, as it does before any traffic came.
 */
export function decide(trace: TraceFacts, policy: SamplingPolicy, randomness: bigint, inForce: ReadonlyMap<number, bigint> = new Map()): Decision {
  const found = policy.tiers.findIndex((tier) => matchTrace(tier.condition, trace));
  const tierIndex = found === -1 ? policy.tiers.length - 1 : found;
  const { name: tierName, keep: rule } = policy.tiers[tierIndex];
  const threshold = rule.kind === "ratio" ? ratioToThreshold(rule.ratio) : (inForce.get(tierIndex) ?? 0n);
  const ratio = rule.kind === "ratio" ? rule.ratio : thresholdToRatio(threshold);
  const keep = randomness >= threshold;
  return { keep, tierIndex, tierName, ratio, threshold, randomness, reason: reasonOf(tierName, ratio, threshold, randomness) };
}

/** The threshold that a kept span carries on: the decision's, or its own incoming one where that is higher. */
export function outgoingThreshold(decision: Pick<Decision, "threshold">, traceState: string): bigint {
  const incoming = parseTraceState(traceState).threshold ?? 0n;
  return incoming > decision.threshold ? incoming : decision.threshold;
}

/** `tier "important APIs" keeps 50%: this trace's draw 0.3110 is within 0.5`. A draw of 0 is the first to be kept, one of 1 the last. */
export function reasonOf(tierName: string, ratio: number, threshold: bigint, randomness: bigint): string {
  if (threshold === 0n) return `tier "${tierName}" keeps everything`;
  if (threshold >= NEVER) return `tier "${tierName}" keeps nothing`;
  const draw = thresholdToRatio(randomness).toPrecision(4);
  return `tier "${tierName}" keeps ${formatRatio(ratio)}: this trace's draw ${draw} is ${randomness >= threshold ? "within" : "above"} ${Number(ratio.toPrecision(6))}`;
}
