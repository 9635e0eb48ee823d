import { announceToBudget, type CompiledPolicy, offerToBudget } from "./compilePolicy.ts";
import type { SpanSampler } from "./spanSampler.ts";

/**
 * Samples a request, and where its spans are more than a budget tier expected, once more under the lower ratio that follows from their number. What is
 * decided is offered to the budgets with `offerSampled` once the request is taken. Each span stands for
 * `weight` ones.
 */
export function sampleWithinBudgets(sampler: SpanSampler, bytes: Buffer, start: number, end: number, compiled: CompiledPolicy, weight = 1): number {
  const found = sampler.sample(bytes, start, end, compiled);
  if (found <= 0 || !compiled.hasBudgets) return found;
  let lowered = false;
  for (let tier = 0; tier < compiled.tiers.length; tier++) {
    const spans = matched(sampler, tier) * weight;
    if (spans > 0 && announceToBudget(compiled, tier, spans)) lowered = true;
  }
  return lowered ? sampler.sample(bytes, start, end, compiled) : found;
}

/** The spans of the request that was sampled last, by tier, as decided. */
export function offerSampled(sampler: SpanSampler, compiled: CompiledPolicy, weight = 1): void {
  if (!compiled.hasBudgets) return;
  for (let tier = 0; tier < compiled.tiers.length; tier++) {
    const spans = matched(sampler, tier) * weight;
    if (spans > 0) offerToBudget(compiled, tier, spans);
  }
}

function matched({ result }: SpanSampler, tier: number): number {
  return result.tierKept[tier] + result.tierSampledOut[tier];
}
