import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { encodeThreshold, ratioToThreshold } from "#domain/sampling/threshold.ts";
import { WireMatcher } from "../otlp/wireMatcher.ts";
import { compileConditions } from "./compileConditions.ts";

export type CompiledTier = { name: string; ratio: number; threshold: bigint };
/** A policy made ready for the scan. Holds scratch memory: one scan at a time. */
export type CompiledPolicy = { tiers: readonly CompiledTier[]; matcher: WireMatcher };

const TRACE_STATE_TAG = 0x1a;

/** Compiles once what every span is then decided by; the policy has been through its schema. */
export function compilePolicy(policy: SamplingPolicy): CompiledPolicy {
  const tiers = policy.tiers.map((tier) => ({ name: tier.name, ratio: tier.keep.ratio, threshold: ratioToThreshold(tier.keep.ratio) }));
  const matcher = new WireMatcher({
    ...compileConditions(policy.tiers.map((tier) => tier.condition)),
    tiers: tiers.map(({ threshold }) => ({
      high: Number(threshold >> 32n),
      low: Number(threshold & 0xffffffffn),
      traceState: traceStateField(threshold),
    })),
  });
  return { tiers, matcher };
}

// The whole protobuf field that is appended to a kept span without a trace state; never used for a tier that keeps nothing.
function traceStateField(threshold: bigint): Uint8Array {
  const text = `ot=th:${encodeThreshold(threshold) ?? "0"}`;
  return Uint8Array.of(TRACE_STATE_TAG, text.length, ...Buffer.from(text));
}
