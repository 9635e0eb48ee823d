import fc from "fast-check";
import type { Condition } from "./condition.ts";
import type { Attribute, SpanFacts, TraceFacts } from "./spanFacts.ts";

/** Traces and conditions from few words, so that conditions hold about as often as not. */
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const START = 1_700_000_000_000_000_000n;
const names = fc.constantFrom("GET /cart", "POST /api/payment", "SELECT", "");
const services = fc.constantFrom("cart", "payments", "db");
const values = fc.constantFrom<Attribute["value"]>("a", "b", "", 1, 1.5, 9007199254740993n, 2n, true, false, null);
const attributes = fc.array(fc.record({ key: fc.constantFrom("k", "http.route", "rows"), value: values }), { maxLength: 3 });
/** Unset as often as a clock that went back. */
const times = fc.oneof({ weight: 3, arbitrary: fc.bigInt({ min: START, max: START + 2_000_000_000n }) }, { weight: 1, arbitrary: fc.constant(0n) });
const traceStates = fc.oneof(
  fc.constantFrom("", "vendor=1", "ot=th:8", "ot=rv:12", "ot=th:4;rv:0123456789abcd,x=y"),
  fc.bigInt({ min: 0n, max: (1n << 56n) - 1n }).map((rv) => `ot=rv:${rv.toString(16).padStart(14, "0")}`),
);

export const anySpan: fc.Arbitrary<SpanFacts> = fc.record({
  traceId: fc.constant(TRACE_ID),
  traceState: traceStates,
  name: names,
  kind: fc.integer({ min: 0, max: 5 }),
  startUnixNano: times,
  endUnixNano: times,
  statusCode: fc.integer({ min: 0, max: 2 }),
  attributes,
  resource: fc.tuple(services, attributes).map(([service, rest]) => [{ key: "service.name", value: service }, ...rest]),
});
export const anyTrace: fc.Arbitrary<TraceFacts> = fc.record({ spans: fc.array(anySpan, { minLength: 1, maxLength: 6 }) });

/** A trace, and the same spans as they might have come instead. */
export const reordered: fc.Arbitrary<[TraceFacts, TraceFacts]> = anyTrace.chain((trace) =>
  fc.shuffledSubarray([...trace.spans], { minLength: trace.spans.length }).map((spans): [TraceFacts, TraceFacts] => [trace, { spans }]),
);

const ofOneSpan: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant("status" as const), is: fc.constantFrom("error", "ok", "unset") }),
  fc.record({ kind: fc.constant("latency" as const), aboveMs: fc.constantFrom(0, 1, 500, 1500) }),
  fc.record({
    kind: fc.constant("endpoint" as const),
    match: fc.constantFrom("exact", "prefix", "contains", "regex"),
    values: fc.array(fc.constantFrom("GET", "/api/", "SELECT", "a"), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant("service" as const), match: fc.constant("exact" as const), values: fc.array(services, { minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: fc.constant("attribute" as const),
    key: fc.constantFrom("k", "rows"),
    in: fc.constantFrom("span", "resource"),
    op: fc.constantFrom("equals", "notEquals"),
    value: fc.constantFrom("a", 1, true),
  }),
  fc.record({
    kind: fc.constant("attribute" as const),
    key: fc.constantFrom("k", "rows"),
    in: fc.constantFrom("span", "resource"),
    op: fc.constantFrom("above", "atMost"),
    value: fc.constantFrom(0, 1.5),
  }),
  fc.record({ kind: fc.constant("spanKind" as const), is: fc.constantFrom("server", "client", "internal") }),
  fc.constant<Condition>({ kind: "always" }),
);
const spanCount: fc.Arbitrary<Condition> = fc.record({ kind: fc.constant("spanCount" as const), atLeast: fc.integer({ min: 1, max: 5 }) });

function combined(leaf: fc.Arbitrary<Condition>, withNot: boolean): fc.Arbitrary<Condition> {
  return fc.letrec<{ condition: Condition }>((tie) => {
    const list = fc.array(tie("condition"), { minLength: 1, maxLength: 3 });
    const all = fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: list });
    const not = fc.record({ kind: fc.constant("not" as const), of: tie("condition") });
    return { condition: fc.oneof({ maxDepth: 3 }, leaf, all, ...(withNot ? [not] : [])) };
  }).condition;
}

const sameSpan = (withNot: boolean): fc.Arbitrary<Condition> => fc.record({ kind: fc.constant("sameSpan" as const), of: combined(ofOneSpan, withNot) });

/** What may stand inside sameSpan: comparisons that one span answers. */
export const spanCondition = combined(ofOneSpan, true);
export const spanConditionWithoutNot = combined(ofOneSpan, false);
/** What the schema takes in trace scope. */
export const traceCondition = combined(fc.oneof(ofOneSpan, spanCount, sameSpan(true)), true);
export const traceConditionWithoutNot = combined(fc.oneof(ofOneSpan, spanCount, sameSpan(false)), false);
