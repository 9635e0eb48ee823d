import { describe, expect, it } from "vitest";
import { randomnessOf } from "./decide.ts";
import { decodeThreshold } from "./threshold.ts";
import { parseTraceState, rewriteTraceState } from "./traceState.ts";
import { RANDOMNESS_CASES, TRACE_STATE_CASES, type TraceStateCase } from "./traceStateTestData.ts";

const hex = (value: bigint | undefined) => value?.toString(16).padStart(14, "0") ?? null;
const cases: [string, TraceStateCase][] = Object.entries(TRACE_STATE_CASES).flatMap(([group, list]) =>
  list.map((one): [string, TraceStateCase] => [`${group}: ${one.rule} (${one.given.slice(0, 60)})`, one]),
);

describe("trace state, as the specifications have it", () => {
  it.each(cases)("%s", (_, { given, threshold, randomness, decided, written }) => {
    const facts = parseTraceState(given);
    expect({ threshold: hex(facts.threshold), randomness: hex(facts.randomness) }).toEqual({ threshold, randomness });
    expect(rewriteTraceState(given, decodeThreshold(decided) ?? 0n)).toBe(written);
  });

  it.each(cases)("is written so that it is read again as it was meant: %s", (_, { written, threshold, randomness, decided }) => {
    const facts = parseTraceState(written);
    const atLeast = decodeThreshold(decided) ?? 0n;
    const incoming = threshold === null ? 0n : BigInt(`0x${threshold}`);
    expect(facts.threshold).toBe(incoming > atLeast ? incoming : atLeast);
    expect(hex(facts.randomness)).toBe(randomness);
    expect(rewriteTraceState(written, atLeast)).toBe(written);
  });

  it.each(cases)("is written within every limit, in the form that strict readers want: %s", (_, { written }) => {
    const members = written.split(",");
    expect(members.length).toBeLessThanOrEqual(32);
    expect(written.length).toBeLessThanOrEqual(512);
    const ot = members[0].slice(3);
    expect(ot.length).toBeLessThanOrEqual(256);
    expect(ot).toMatch(/^[a-z][a-z0-9]*:[A-Za-z0-9._-]*(;[a-z][a-z0-9]*:[A-Za-z0-9._-]*)*$/);
    const keys = ot.split(";").map((subKey) => subKey.split(":")[0]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(RANDOMNESS_CASES)("draws from: $rule", ({ traceId, traceState, randomness }) => {
    expect(hex(randomnessOf({ traceId, traceState }))).toBe(randomness);
  });
});
