import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { createTraffic } from "./createTraffic.ts";
import { SERVICES } from "./shop.ts";

const nowMs = 1_790_000_000_123;
const proto = protobuf.parse(
  `syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
  message Status { int32 code = 3; }
  message Span { bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
    repeated KeyValue attributes = 9; Status status = 15; }`,
  { keepCase: true },
).root;
const Request = proto.lookupType("Request");

type Attribute = { key: string; value: { string_value?: string; bool_value?: boolean } };
type Span = {
  trace_id: string;
  span_id: string;
  parent_span_id?: string;
  name: string;
  start: string;
  end: string;
  attributes: Attribute[];
  status?: { code: number };
};
type Decoded = { resource_spans: { resource: { attributes: Attribute[] }; scope_spans: { spans: Span[] }[] }[] };

function decode(bytes: Buffer): Decoded {
  return Request.toObject(Request.decode(bytes), { longs: String, bytes: String }) as Decoded;
}
function spansOf(bytes: Buffer): Span[] {
  return decode(bytes).resource_spans.flatMap((resource) => resource.scope_spans.flatMap((scope) => scope.spans));
}
const traffic = () => createTraffic({ seed: 1, now: () => nowMs });
const many = (() => {
  const source = traffic();
  return Array.from({ length: 40 }, () => source.nextRequest(512));
})();
const spans = many.flatMap(spansOf);

describe("sample traffic", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(traffic().nextRequest(300)).toEqual(traffic().nextRequest(300));
    expect(createTraffic({ seed: 2, now: () => nowMs }).nextRequest(300)).not.toEqual(traffic().nextRequest(300));
  });

  it("has exactly as many spans as asked for", () => {
    const source = traffic();
    for (const count of [1, 2, 17, 512]) expect(spansOf(source.nextRequest(count))).toHaveLength(count);
  });

  it("never repeats a span", () => {
    expect(new Set(spans.map((span) => `${span.trace_id} ${span.span_id}`)).size).toBe(spans.length);
  });

  it("gives every span its parent, in the same trace and around it in time", () => {
    const byId = new Map(spans.map((span) => [`${span.trace_id} ${span.span_id}`, span]));
    for (const span of spans) {
      if (span.parent_span_id === undefined) continue;
      const parent = byId.get(`${span.trace_id} ${span.parent_span_id}`);
      expect(BigInt(span.start) >= BigInt(parent?.start ?? "0")).toBe(true);
    }
    expect(spans.some((span) => span.parent_span_id === undefined)).toBe(true);
  });

  it("lies in the last seconds and never ends before it starts", () => {
    for (const span of spans) {
      expect(BigInt(span.start) >= BigInt(nowMs - 4000) * 1_000_000n).toBe(true);
      expect(BigInt(span.end) >= BigInt(span.start)).toBe(true);
    }
  });

  it("looks like a shop: about 1% errors, 2% above 500 ms, 5% payment and checkout, 430 bytes and 8 to 11 attributes a span", () => {
    const share = (fits: (span: Span) => boolean) => spans.filter(fits).length / spans.length;
    const errors = share((span) => span.status?.code === 2);
    const slow = share((span) => BigInt(span.end) - BigInt(span.start) > 500_000_000n);
    const important = share((span) => /\/api\/(payment|checkout)/.test(span.name));
    const bytes = many.reduce((sum, request) => sum + request.length, 0) / spans.length;
    expect([errors > 0.005 && errors < 0.02, slow > 0.01 && slow < 0.035, important > 0.03 && important < 0.08]).toEqual([true, true, true]);
    expect(Math.round(bytes / 40)).toBe(11);
    expect(spans.every((span) => span.attributes.length >= 8 && span.attributes.length <= 11)).toBe(true);
  });

  it("comes from twelve services and says on each that it is sample traffic", () => {
    expect(SERVICES).toHaveLength(12);
    const resources = many.flatMap((request) => decode(request).resource_spans.map((resource) => resource.resource.attributes));
    const named = new Set(resources.map((attributes) => attributes.find((one) => one.key === "service.name")?.value.string_value));
    expect([...named].sort()).toEqual([...SERVICES].sort());
    expect(resources.every((attributes) => attributes.some((one) => one.key === "headgate.sample" && one.value.bool_value === true))).toBe(true);
  });
});
