import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { isRedacted } from "#domain/pipeline/redaction.ts";
import { encodeRequest, type ModelRequest, requests, seededRandom } from "../../sample/wireTestData.ts";
import { RedactionKeys } from "./redactionKeys.ts";
import { redactedSizeMax, redactRequest } from "./redactRequest.ts";

const OTLP = `syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; repeated EntityRef entity_refs = 3; }
message EntityRef { string schema_url = 1; string type = 2; repeated string id_keys = 3; repeated string description_keys = 4; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  repeated Event events = 11; uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16; }`;
const Request = protobuf.parse(OTLP, { keepCase: true }).root.lookupType("ExportTraceServiceRequest");
const decode = (bytes: Uint8Array) => Request.toObject(Request.decode(bytes), { longs: String, bytes: String });

function redact(bytes: Buffer, list: readonly string[]): Buffer {
  const out = Buffer.alloc(redactedSizeMax(bytes.length));
  const end = redactRequest(bytes, 0, bytes.length, new RedactionKeys(list), out, 0);
  expect(end).toBeGreaterThanOrEqual(0);
  expect(end).toBeLessThanOrEqual(out.length);
  return out.subarray(0, end);
}

/** Wherever there is a key and a value, in what protobufjs has decoded. */
function redactModel(model: unknown, list: readonly string[]): unknown {
  if (Array.isArray(model)) return model.map((item) => redactModel(item, list));
  if (typeof model !== "object" || model === null) return model;
  const fields = model as Record<string, unknown>;
  if (typeof fields.key === "string" && fields.value !== undefined && isRedacted(list, fields.key)) return { ...fields, value: { string_value: "" } };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactModel(value, list)]));
}

const LISTS = [[], ["http.route"], ["k", "ключ"], ["http.*", "service.name"], ["db.system.name.that.is.long", "u*"]];
const list = fc.constantFrom(...LISTS);

/** Attributes everywhere, and key-values inside of values, as deep as one likes. */
const key = fc.constantFrom("http.route", "http.status", "k", "ключ", "other", "u", "url.path");
const { anyValue } = fc.letrec<{ anyValue: object }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ string_value: fc.string({ maxLength: 200 }) }),
    fc.record({ int_value: fc.integer() }),
    fc.record({ bytes_value: fc.uint8Array({ maxLength: 300 }) }),
    fc.constant({}),
    fc.record({ array_value: fc.record({ values: fc.array(tie("anyValue"), { maxLength: 3 }) }) }),
    fc.record({ kvlist_value: fc.record({ values: fc.array(fc.record({ key, value: tie("anyValue") }), { maxLength: 3 }) }) }),
  ),
}));
const attributes = fc.array(fc.record({ key, value: anyValue }, { requiredKeys: ["key"] }), { maxLength: 4 });
const nested = fc.record({
  resource_spans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scope_spans: fc.array(
        fc.record({
          scope: fc.record({ name: fc.string(), attributes }),
          spans: fc.array(
            fc.record({
              name: fc.string(),
              attributes,
              events: fc.array(fc.record({ name: fc.string(), attributes }), { maxLength: 2 }),
              links: fc.array(fc.record({ trace_id: fc.uint8Array({ minLength: 16, maxLength: 16 }), attributes }), { maxLength: 2 }),
            }),
            { maxLength: 3 },
          ),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});

describe("redactRequest", () => {
  it("gives what redacting the decoded request gives, wherever an attribute can be", () => {
    fc.assert(
      fc.property(nested, list, (model, keys) => {
        const bytes = Buffer.from(Request.encode(Request.fromObject(model)).finish());
        expect(decode(redact(bytes, keys))).toEqual(redactModel(decode(bytes), keys));
      }),
      { numRuns: 400 },
    );
  });

  it("gives that in every form of one message that protobuf allows, and changes nothing where nothing is redacted", () => {
    fc.assert(
      fc.property(requests, list, fc.nat(), (model, keys, seed) => {
        const bytes = encodeRequest(model, seededRandom(seed));
        expect(decode(redact(bytes, keys))).toEqual(redactModel(decode(bytes), keys));
        expect(decode(redact(bytes, ["nobody.has.this"]))).toEqual(decode(bytes));
        expect(redact(bytes, [])).toEqual(bytes);
      }),
      { numRuns: 400 },
    );
  });

  it("leaves every byte of what is not redacted, unknown fields included", () => {
    const field = (tag: number, ...content: number[]) => [tag, content.length, ...content];
    const unknown = [0xa2, 0x06, 3, 1, 2, 3];
    const keyValue = (value: number[]) => field(0x4a, ...field(0x12, ...field(0x0a, ...value)), ...unknown, ...field(0x0a, ...Buffer.from("secret")));
    const span = (value: number[]) => field(0x12, ...unknown, ...field(0x2a, 0x78), ...keyValue(value), ...unknown);
    const request = (value: number[]) => Buffer.from(field(0x0a, ...unknown, ...field(0x12, ...span(value), ...unknown), ...unknown));
    expect(redact(request([...Buffer.from("hidden")]), ["secret"])).toEqual(request([]));
  });

  it("makes lengths shorter all the way up", () => {
    const model: ModelRequest = [
      {
        resource: [{ key: "k", value: { kind: "string", value: "x".repeat(20_000) } }],
        scopes: [],
      },
    ];
    const bytes = encodeRequest(model, seededRandom(1), true);
    expect(redact(bytes, ["k"]).length).toBe(2 + 2 + 2 + 3 + 4);
  });

  it("says so where it is no request", () => {
    const keys = new RedactionKeys(["k"]);
    for (const bytes of [[0x0a, 5, 1], [0x0a, 2, 0x0a, 9], [0x0f]]) {
      expect(redactRequest(Buffer.from(bytes), 0, bytes.length, keys, Buffer.alloc(100), 0)).toBe(-1);
    }
  });
});
