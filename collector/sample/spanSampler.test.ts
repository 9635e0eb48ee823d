import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { decide, randomnessOf } from "#domain/sampling/decide.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { rewriteTraceState } from "#domain/sampling/traceState.ts";
import { scanTraces } from "../otlp/scanTraces.ts";
import { KEPT, SpanTable, tierOfVerdict } from "../otlp/spanTable.ts";
import { compilePolicy } from "./compilePolicy.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { encodeRequest, factsOf, type ModelRequest, policies, requests, seededRandom } from "./wireTestData.ts";

/** PROPERTY_RUNS=20000 searches longer. */
const runs = Number(process.env.PROPERTY_RUNS ?? 200);
const timeout = 60_000 + runs * 20;

const proto = protobuf.parse(
  `syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
  message Scope { string name = 1; string version = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; bytes bytes_value = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message Event { fixed64 time = 1; string name = 2; }
  message Status { string message = 2; int32 code = 3; }
  message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
    repeated KeyValue attributes = 9; uint32 dropped = 10; repeated Event events = 11; Status status = 15; fixed32 flags = 16; }`,
  { keepCase: true },
).root;
const Request = proto.lookupType("Request");

type Decoded = { resource_spans?: { resource?: object; scope_spans?: { scope?: object; schema_url?: string; spans?: Record<string, unknown>[] }[] }[] };

function decoded(bytes: Buffer): Decoded {
  return Request.toObject(Request.decode(bytes), { longs: String, bytes: String }) as Decoded;
}

// The scan's order of spans is the order on the wire, which protobufjs keeps; the encoder keeps the order of spans within a scope only.
function flat(request: Decoded) {
  return (request.resource_spans ?? []).flatMap((rs) =>
    (rs.scope_spans ?? []).flatMap((ss) => (ss.spans ?? []).map((span) => ({ resource: rs.resource, scope: ss.scope, schema: ss.schema_url, span }))),
  );
}

const sampler = createSpanSampler();
const table = new SpanTable();

function framed(bytes: Buffer, policy: SamplingPolicy): Buffer {
  expect(sampler.sample(bytes, 0, bytes.length, compilePolicy(policy))).toBeGreaterThanOrEqual(0);
  const out = Buffer.alloc(sampler.framedSizeMax() + 8, 0xee);
  const end = sampler.frame(out, 4);
  expect(end - 4).toBe(sampler.framedSizeMax());
  expect(out.subarray(end).every((byte) => byte === 0xee)).toBe(true);
  return out.subarray(4, end);
}

/** One resource with one scope, so that the order of spans on the wire is the model's. */
function single(request: ModelRequest): ModelRequest {
  return request.slice(0, 1).map(({ resource, scopes }) => ({ resource, scopes: scopes.slice(0, 1) }));
}

describe("span sampler", () => {
  it(
    "decides every span as decide() does on the decoded span, whatever form the request is encoded in",
    () => {
      fc.assert(
        fc.property(requests, policies, fc.integer(), (request, policy, seed) => {
          const one = single(request);
          const bytes = encodeRequest(one, seededRandom(seed));
          const spans = one.flatMap(({ resource, scopes }) => scopes.flatMap((scope) => scope.spans.map((span) => factsOf(span, resource))));
          expect(scanTraces(bytes, 0, bytes.length, table, compilePolicy(policy).matcher)).toBe(spans.length);
          const wanted = spans.map((facts) => decide({ spans: [facts] }, policy, randomnessOf(facts)));
          expect(Array.from(table.verdict.subarray(0, spans.length), tierOfVerdict)).toEqual(wanted.map((decision) => decision.tierIndex));
          expect(Array.from(table.verdict.subarray(0, spans.length), (verdict) => verdict & KEPT)).toEqual(wanted.map((decision) => (decision.keep ? 1 : 0)));
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );

  it(
    "decides alike in requests with several resources and scopes, by totals per tier",
    () => {
      fc.assert(
        fc.property(requests, policies, fc.integer(), (request, policy, seed) => {
          const bytes = encodeRequest(request, seededRandom(seed));
          sampler.sample(bytes, 0, bytes.length, compilePolicy(policy));
          const decisions = request
            .flatMap(({ resource, scopes }) => scopes.flatMap((scope) => scope.spans.map((span) => factsOf(span, resource))))
            .map((facts) => decide({ spans: [facts] }, policy, randomnessOf(facts)));
          for (const [index] of policy.tiers.entries()) {
            const ofTier = decisions.filter((decision) => decision.tierIndex === index);
            expect(sampler.result.tierKept[index]).toBe(ofTier.filter((decision) => decision.keep).length);
            expect(sampler.result.tierSampledOut[index]).toBe(ofTier.filter((decision) => !decision.keep).length);
          }
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );

  it(
    "sends on exactly the kept spans, each with its resource and scope, unchanged but for the trace state",
    () => {
      fc.assert(
        fc.property(requests, policies, fc.integer(), (request, policy, seed) => {
          const one = single(request);
          const bytes = encodeRequest(one, seededRandom(seed));
          const models = one.flatMap(({ resource, scopes }) => scopes.flatMap((scope) => scope.spans.map((span) => factsOf(span, resource))));
          const before = flat(decoded(bytes));
          const wanted = models.flatMap((facts, index) => {
            const decision = decide({ spans: [facts] }, policy, randomnessOf(facts));
            return decision.keep
              ? [{ ...before[index], span: { ...before[index].span, trace_state: rewriteTraceState(facts.traceState, decision.threshold) } }]
              : [];
          });
          expect(flat(decoded(framed(bytes, policy)))).toEqual(wanted);
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );

  it(
    "keeps resources and scopes apart when several come in one request",
    () => {
      fc.assert(
        fc.property(requests, policies, fc.integer(), (request, policy, seed) => {
          const bytes = encodeRequest(request, seededRandom(seed));
          const spans = scanTraces(bytes, 0, bytes.length, table, compilePolicy(policy).matcher);
          const before = flat(decoded(bytes));
          expect(before).toHaveLength(spans);
          const withoutState = (entry: (typeof before)[number]) => ({ ...entry, span: { ...entry.span, trace_state: undefined } });
          expect(flat(decoded(framed(bytes, policy))).map(withoutState)).toEqual(
            before.filter((_, index) => (table.verdict[index] & KEPT) !== 0).map(withoutState),
          );
        }),
        { numRuns: runs },
      );
    },
    timeout,
  );
});
