import type { DecidedExplanation } from "#domain/sampling/explanation.ts";
import { NEVER } from "#domain/sampling/threshold.ts";
import type { Clock } from "../clock.ts";
import { type BatchLog, IN_LOG_ALONE, NOT_FOLLOWED, SHED } from "../deliver/batchLog.ts";
import type { CompiledPolicy } from "./compilePolicy.ts";
import type { PolicyLabel } from "./policyLabel.ts";
import { thresholdOf } from "./tierThreshold.ts";

/** Where explanations look things up that the sampler does not know. */
export type ExplainPlaces = { batches: BatchLog; clock: Clock; processStartMs: number };

/** A time on the clock's `now` as Unix milliseconds. */
export function unixMsOf(clock: Clock, now: number): number {
  return clock.unixMs() - (clock.now() - now);
}

type Decision = DecidedExplanation["decisions"][number];
type DecisionParts = {
  kept: boolean;
  tier: number;
  policy: CompiledPolicy;
  label: PolicyLabel;
  thresholdHigh: number;
  thresholdLow: number;
  randomHigh: number;
  randomLow: number;
  explicitRandomness: boolean;
  spans: number;
  bytes: number;
  decidedAtMs: number;
  /** What the policy by itself would have decided; looked at only where a tier before its own has. */
  policyTier: number;
  policyKeeps: boolean;
};

export function explainDecision(parts: DecisionParts): Decision {
  const { kept, policy, label, spans, bytes, explicitRandomness, decidedAtMs } = parts;
  const rule = policy.keepAll.at(parts.tier);
  const { name, condition, keep } = policy.tiers[parts.tier];
  const threshold = thresholdOf(parts.thresholdHigh, parts.thresholdLow);
  return {
    kept,
    tier: name,
    tierCondition: condition,
    keep: keep.kind,
    ratio: keep.kind === "ratio" ? keep.ratio : Number(NEVER - threshold) / 2 ** 56,
    threshold: thresholdText(threshold),
    randomness: hex56(parts.randomHigh, parts.randomLow),
    explicitRandomness,
    revision: label.revision,
    configHash: label.hash,
    spans,
    bytes,
    decidedAtMs,
    ...(rule !== undefined && { breakGlass: { id: rule.id, tier: policy.tiers[parts.policyTier].name, policyKeeps: parts.policyKeeps } }),
  };
}

export function thresholdText(threshold: bigint): string {
  return threshold >= NEVER ? "never" : threshold.toString(16).padStart(14, "0");
}

function hex56(high: number, low: number): string {
  return thresholdOf(high, low).toString(16).padStart(14, "0");
}

type Way = { stages: DecidedExplanation["stages"]; delivery: DecidedExplanation["delivery"]; deliveryMessage: string };
type WayParts = {
  kept: boolean;
  networkMs: number;
  processingMs: number;
  decisionWaitMs: number | null;
  /** NaN: not sent on yet. */
  serializationMs: number;
  /** −1: in no batch yet. */
  batch: number;
  /** When it was decided, on the clock's `now`. */
  decidedAt: number;
};

/** The stages as far as it has come, and what became of it. */
export function explainWay(parts: WayParts, { batches }: ExplainPlaces): Way {
  const { networkMs, processingMs, decisionWaitMs } = parts;
  // Of a request that was taken in again from the write-ahead log, the time on the network is not known.
  const taken = { network: Number.isNaN(networkMs) ? null : networkMs, processing: processingMs, decisionWait: decisionWaitMs };
  if (!parts.kept) return { stages: { ...taken, serialization: null, queueWait: null, export: null }, delivery: "notKept", deliveryMessage: "" };
  const serialization = Number.isNaN(parts.serializationMs) ? null : parts.serializationMs;
  const queued = { ...taken, serialization, queueWait: null, export: null };
  if (parts.batch === SHED) return { stages: queued, delivery: "dropped", deliveryMessage: "shed, because memory ran out (pipeline.memory)" };
  if (parts.batch === IN_LOG_ALONE)
    return {
      stages: queued,
      delivery: "notFollowed",
      deliveryMessage: "memory was full, so it went to the write-ahead log alone, and is not followed from there",
    };
  if (parts.batch === NOT_FOLLOWED)
    return {
      stages: queued,
      delivery: "notFollowed",
      deliveryMessage: "the request's spans went several ways (routes, or shed), and are not followed one by one",
    };
  if (parts.batch < 0) return { stages: queued, delivery: "waiting", deliveryMessage: "there was no room in the queue yet" };
  const way = batches.find(parts.batch);
  if (way === undefined)
    return { stages: queued, delivery: "queued", deliveryMessage: "its batch has not been tried yet, or went out so long ago that it is forgotten" };
  const queueWait = way.firstTryAt === undefined ? null : Math.max(0, way.firstTryAt - parts.decidedAt - (serialization ?? 0));
  const exporting = way.firstTryAt === undefined || way.endedAt === undefined ? null : way.endedAt - way.firstTryAt;
  return { stages: { ...queued, queueWait, export: exporting }, delivery: way.outcome, deliveryMessage: way.message.slice(0, 1000) };
}
