import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Condition } from "./condition.ts";
import { matchCondition, matchTrace } from "./matchCondition.ts";
import { durationNs, type SpanFacts } from "./spanFacts.ts";
import { anySpan, anyTrace, reordered, spanCondition, spanConditionWithoutNot, traceCondition, traceConditionWithoutNot } from "./traceTestData.ts";

const MS = 1_000_000n;
const span = (over: Partial<SpanFacts>): SpanFacts => ({
  traceId: "0af7651916cd43dd8448eb211c80319c",
  traceState: "",
  name: "GET /",
  kind: 2,
  startUnixNano: 1000n * MS,
  endUnixNano: 1001n * MS,
  statusCode: 0,
  attributes: [],
  resource: [],
  ...over,
});
const of = (service: string) => [{ key: "service.name", value: service }];
const error: Condition = { kind: "status", is: "error" };
const payments: Condition = { kind: "service", match: "exact", values: ["payments"] };
const aboveMs = (ms: number): Condition => ({ kind: "latency", aboveMs: ms });

describe("condition on a trace", () => {
  it("holds for a trace of one span when it holds for the span", () => {
    fc.assert(
      fc.property(traceCondition, anySpan, (condition, only) => {
        expect(matchTrace(condition, { spans: [only] })).toBe(matchCondition(condition, only));
      }),
      { numRuns: 1000 },
    );
  });

  it("does not depend on the order in which the spans came", () => {
    fc.assert(
      fc.property(traceCondition, reordered, (condition, [trace, other]) => {
        expect(matchTrace(condition, other)).toBe(matchTrace(condition, trace));
      }),
      { numRuns: 1000 },
    );
  });

  it("without a not goes on holding when more spans come", () => {
    fc.assert(
      fc.property(traceConditionWithoutNot, anyTrace, anySpan, (condition, trace, more) => {
        if (matchTrace(condition, trace)) expect(matchTrace(condition, { spans: [...trace.spans, more] })).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("can stop holding when more spans come, once there is a not", () => {
    const withoutErrors: Condition = { kind: "not", of: error };
    expect(matchTrace(withoutErrors, { spans: [span({})] })).toBe(true);
    expect(matchTrace(withoutErrors, { spans: [span({}), span({ statusCode: 2 })] })).toBe(false);
  });

  it("looks at all spans together, and with sameSpan at each by itself", () => {
    const both: Condition = { kind: "all", of: [error, payments] };
    const apart = { spans: [span({ statusCode: 2, resource: of("cart") }), span({ resource: of("payments") })] };
    const together = { spans: [span({ resource: of("cart") }), span({ statusCode: 2, resource: of("payments") })] };
    expect([apart, together].map((trace) => matchTrace(both, trace))).toEqual([true, true]);
    expect([apart, together].map((trace) => matchTrace({ kind: "sameSpan", of: both }, trace))).toEqual([false, true]);
  });

  it("with sameSpan asks no less than without, as long as there is no not", () => {
    fc.assert(
      fc.property(spanConditionWithoutNot, anyTrace, (condition, trace) => {
        if (matchTrace({ kind: "sameSpan", of: condition }, trace)) expect(matchTrace(condition, trace)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("with sameSpan holds exactly when it holds for one of the spans", () => {
    fc.assert(
      fc.property(spanCondition, anyTrace, (condition, trace) => {
        expect(matchTrace({ kind: "sameSpan", of: condition }, trace)).toBe(trace.spans.some((one) => matchCondition(condition, one)));
      }),
      { numRuns: 1000 },
    );
  });

  it("counts the spans of the trace", () => {
    const spans = Array.from({ length: 5 }, () => span({}));
    expect([4, 5, 6].map((atLeast) => matchTrace({ kind: "spanCount", atLeast }, { spans }))).toEqual([true, true, false]);
  });
});

describe("duration", () => {
  it("of a trace is from its first start to its last end", () => {
    const trace = { spans: [span({ startUnixNano: 1400n * MS, endUnixNano: 1600n * MS }), span({ startUnixNano: 1000n * MS, endUnixNano: 1200n * MS })] };
    expect(durationNs(trace.spans)).toBe(600n * MS);
    expect(matchTrace(aboveMs(599), trace)).toBe(true);
    expect(matchTrace(aboveMs(600), trace)).toBe(false);
    expect(matchTrace({ kind: "sameSpan", of: aboveMs(200) }, trace)).toBe(false);
  });

  it("leaves out times that are not set, and is unknown without a start and an end", () => {
    const unended = span({ endUnixNano: 0n });
    const unstarted = span({ startUnixNano: 0n, endUnixNano: 1900n * MS });
    expect(durationNs([unended])).toBeUndefined();
    expect(durationNs([unstarted])).toBeUndefined();
    expect(durationNs([])).toBeUndefined();
    expect(durationNs([unended, unstarted])).toBe(900n * MS);
    expect(matchTrace(aboveMs(0), { spans: [unended] })).toBe(false);
    expect(matchTrace({ kind: "not", of: aboveMs(0) }, { spans: [unended] })).toBe(true);
  });

  it("is above nothing where the end is before the start", () => {
    const backwards = span({ startUnixNano: 2000n * MS, endUnixNano: 1000n * MS });
    expect(durationNs([backwards])).toBe(-1000n * MS);
    expect(matchTrace(aboveMs(0), { spans: [backwards] })).toBe(false);
  });

  it("does not depend on the order of the spans, and never shrinks when one comes", () => {
    fc.assert(
      fc.property(reordered, anySpan, ([trace, other], more) => {
        const before = durationNs(trace.spans);
        expect(durationNs(other.spans)).toBe(before);
        const after = durationNs([...trace.spans, more]);
        if (before !== undefined) expect(after !== undefined && after >= before).toBe(true);
      }),
    );
  });
});
