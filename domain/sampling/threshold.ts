// Rejection thresholds of consistent probability sampling (OpenTelemetry TraceState `th`, W3C Trace Context level 2): 56-bit numbers, kept when randomness ≥ threshold.

/** 2^56, the threshold that no randomness reaches: nothing is kept. It has no `th` form. */
export const NEVER = 1n << 56n;

/** T = 2^56 − round(ratio × 2^56). A ratio under 2^-57 keeps nothing. */
export function ratioToThreshold(ratio: number): bigint {
  return NEVER - BigInt(Math.round(ratio * 2 ** 56));
}

export function thresholdToRatio(threshold: bigint): number {
  return Number(NEVER - threshold) / 2 ** 56;
}

/** How many spans a kept one stands for; infinite for NEVER. */
export function adjustedCount(threshold: bigint): number {
  return 2 ** 56 / Number(NEVER - threshold);
}

/** The value of `th`: 14 hex digits without trailing zeros, `0` for 0; undefined for NEVER. */
export function encodeThreshold(threshold: bigint): string | undefined {
  if (threshold < 0n || threshold >= NEVER) return undefined;
  return threshold.toString(16).padStart(14, "0").replace(/0+$/, "") || "0";
}

/** 1 to 14 lower-case hex digits, missing ones at the end are zeros; undefined for anything else. */
export function decodeThreshold(th: string): bigint | undefined {
  return /^[0-9a-f]{1,14}$/.test(th) ? BigInt(`0x${th.padEnd(14, "0")}`) : undefined;
}

/** `rv` is exactly 14 lower-case hex digits; undefined for anything else. */
export function decodeRandomness(rv: string): bigint | undefined {
  return /^[0-9a-f]{14}$/.test(rv) ? BigInt(`0x${rv}`) : undefined;
}

/** The last 7 of the trace id's 16 bytes (32 hex digits); a span without a trace id has randomness 0 and is kept only where everything is. */
export function traceIdRandomness(traceId: string): bigint {
  return traceId.length === 32 ? BigInt(`0x${traceId.slice(18)}`) : 0n;
}
