import { encodeThreshold } from "#domain/sampling/threshold.ts";
import type { TierThreshold } from "../otlp/wireMatcher.ts";

const TRACE_STATE_TAG = 0x1a;

/** A threshold in the form that the wire paths compare with and write. */
export function tierThreshold(threshold: bigint): TierThreshold {
  return { high: Number(threshold >> 32n), low: Number(threshold & 0xffffffffn), traceState: traceStateField(threshold) };
}

/** The threshold that the two halves of a comparison stand for. */
export function thresholdOf(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

// The whole protobuf field that is appended to a kept span without a trace state; never used for a tier that keeps nothing.
function traceStateField(threshold: bigint): Uint8Array {
  const text = `ot=th:${encodeThreshold(threshold) ?? "0"}`;
  return Uint8Array.of(TRACE_STATE_TAG, text.length, ...Buffer.from(text));
}
