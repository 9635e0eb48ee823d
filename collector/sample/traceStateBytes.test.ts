import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeThreshold, NEVER } from "#domain/sampling/threshold.ts";
import { parseTraceState, rewriteTraceState } from "#domain/sampling/traceState.ts";
import { TRACE_STATE_CASES } from "#domain/sampling/traceStateTestData.ts";
import { found, readTraceState, rewriteTraceState as rewriteBytes, TRACE_STATE_LENGTH_MAX } from "../otlp/traceStateBytes.ts";
import { traceStates } from "./wireTestData.ts";

const ascii = fc
  .array(fc.oneof(fc.constantFrom("ot=", "th:", "rv:", ";", ",", " ", "\t", "0123456789abcd", "8", "x=y"), fc.string({ maxLength: 5 })), { maxLength: 30 })
  .map((parts) => parts.join(""));
const states = fc.oneof(traceStates, ascii);

function whole(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

const hex = (value: bigint) => value.toString(16).padStart(14, "0");

describe("trace state over bytes", () => {
  it.each(Object.values(TRACE_STATE_CASES).flat())("is as the specifications have it: $rule", ({ given, threshold, randomness, decided, written }) => {
    const bytes = Buffer.from(given);
    readTraceState(bytes, 0, bytes.length);
    expect(found.threshold ? hex(whole(found.thresholdHigh, found.thresholdLow)) : null).toBe(threshold);
    expect(found.randomness ? hex(whole(found.randomnessHigh, found.randomnessLow)) : null).toBe(randomness);
    const least = decodeThreshold(decided) ?? 0n;
    const out = Buffer.alloc(TRACE_STATE_LENGTH_MAX + 1);
    const end = rewriteBytes(bytes, 0, bytes.length, Number(least >> 32n), Number(least & 0xffffffffn) | 0, out, 0);
    expect(out.toString("utf8", 0, end)).toBe(written);
  });

  it("reads threshold and randomness as over text", () => {
    fc.assert(
      fc.property(states, (state) => {
        const bytes = Buffer.from(state);
        readTraceState(bytes, 0, bytes.length);
        expect(found.threshold ? whole(found.thresholdHigh, found.thresholdLow) : undefined).toBe(parseTraceState(state).threshold);
        expect(found.randomness ? whole(found.randomnessHigh, found.randomnessLow) : undefined).toBe(parseTraceState(state).randomness);
      }),
      { numRuns: 2000 },
    );
  });

  it("rewrites as over text, and never longer than its bound", () => {
    fc.assert(
      fc.property(states, fc.bigInt({ min: 0n, max: NEVER - 1n }), (state, threshold) => {
        const bytes = Buffer.from(state);
        const out = Buffer.alloc(TRACE_STATE_LENGTH_MAX + 1);
        const end = rewriteBytes(bytes, 0, bytes.length, Number(threshold >> 32n), Number(threshold & 0xffffffffn) | 0, out, 0);
        expect(end).toBeLessThanOrEqual(TRACE_STATE_LENGTH_MAX);
        expect(out.toString("utf8", 0, end)).toBe(rewriteTraceState(state, threshold));
      }),
      { numRuns: 2000 },
    );
  });
});
