import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { jsonToProtobuf } from "./jsonToProtobuf.ts";

// The subset of opentelemetry-proto that the test reads back, decoded by a library that shares no code with ours.
const proto = protobuf.parse(`syntax = "proto3";
message Request { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; repeated EntityRef entity_refs = 3; }
message EntityRef { string schema_url = 1; string type = 2; repeated string id_keys = 3; repeated string description_keys = 4; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message Status { string message = 2; int32 code = 3; }
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4; uint32 dropped_attributes_count = 5; fixed32 flags = 6; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; fixed32 flags = 16; string name = 5; int32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  repeated Event events = 11; uint32 dropped_events_count = 12; repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; }`).root;
const Request = proto.lookupType("Request");

function decoded(json: unknown): unknown {
  const bytes = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
  const protobufBytes = jsonToProtobuf(bytes, 0, bytes.length);
  if (!Buffer.isBuffer(protobufBytes)) return protobufBytes;
  const plain = JSON.stringify(Request.toObject(Request.decode(protobufBytes), { longs: String }));
  return JSON.parse(plain, (_key, value) => (value?.type === "Buffer" ? Buffer.from(value.data).toString("hex") : value));
}

const span = (fields: object) => ({ resourceSpans: [{ scopeSpans: [{ spans: [fields] }] }] });

describe("jsonToProtobuf", () => {
  it("carries every field of a span over", () => {
    const attributes = [{ key: "http.route", value: { stringValue: "/ä" } }];
    const given = {
      resourceSpans: [
        {
          resource: {
            attributes: [{ key: "service.name", value: { stringValue: "shop" } }],
            droppedAttributesCount: 1,
            entityRefs: [{ schemaUrl: "u", type: "service", idKeys: ["service.name", "b"], descriptionKeys: ["c"] }, { type: "host" }],
          },
          scopeSpans: [
            {
              scope: { name: "lib", version: "1", attributes, droppedAttributesCount: 2 },
              spans: [
                {
                  traceId: "5B8EFFF798038103D269B633813FC60C",
                  spanId: "eee19b7ec3c1b174",
                  parentSpanId: "eee19b7ec3c1b173",
                  traceState: "ot=th:8",
                  flags: 257,
                  name: "GET /ä",
                  kind: 2,
                  startTimeUnixNano: "1544712660000000001",
                  endTimeUnixNano: 1544712661,
                  attributes: [
                    { key: "b", value: { boolValue: false } },
                    { key: "i", value: { intValue: "-9223372036854775808" } },
                    { key: "d", value: { doubleValue: 0.5 } },
                    { key: "a", value: { arrayValue: { values: [{ intValue: 1 }, { stringValue: "" }] } } },
                    { key: "k", value: { kvlistValue: { values: [{ key: "x", value: { bytesValue: "AQI=" } }] } } },
                  ],
                  droppedAttributesCount: 3,
                  events: [{ timeUnixNano: "5", name: "e", attributes, droppedAttributesCount: 4 }],
                  droppedEventsCount: 5,
                  links: [
                    {
                      traceId: "5b8efff798038103d269b633813fc60c",
                      spanId: "eee19b7ec3c1b174",
                      traceState: "a=b",
                      attributes,
                      droppedAttributesCount: 6,
                      flags: 1,
                    },
                  ],
                  droppedLinksCount: 7,
                  status: { code: 2, message: "no" },
                },
              ],
              schemaUrl: "s",
            },
          ],
          schemaUrl: "r",
        },
      ],
    };
    const expected = structuredClone(given);
    const one = expected.resourceSpans[0].scopeSpans[0].spans[0];
    Object.assign(one, { traceId: one.traceId.toLowerCase(), endTimeUnixNano: "1544712661" });
    Object.assign(one.attributes[3].value, { arrayValue: { values: [{ intValue: "1" }, { stringValue: "" }] } });
    Object.assign(one.attributes[4].value, { kvlistValue: { values: [{ key: "x", value: { bytesValue: "0102" } }] } });
    expect(decoded(given)).toEqual(expected);
  });

  it("loses no digit of a 64-bit number, whether text or bare", () => {
    const read = (nanos: string) => decoded(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":${nanos}}]}]}]}`);
    expect(read("1544712660000000123")).toEqual(span({ startTimeUnixNano: "1544712660000000123" }));
    expect(read('"18446744073709551615"')).toEqual(span({ startTimeUnixNano: "18446744073709551615" }));
    expect(read("18446744073709551616")).toMatchObject({
      ok: false,
      reason: "malformed",
      message: expect.stringContaining("resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano"),
    });
  });

  it("carries any 64-bit integer over exactly", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.boolean(), (value, quoted) => {
        const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":{"intValue":${quoted ? `"${value}"` : value}}}]}]}]}]}`;
        expect(decoded(json)).toEqual(span({ attributes: [{ key: "k", value: { intValue: value.toString() } }] }));
      }),
    );
  });

  it("takes no time over a number of a million digits", () => {
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":${"9".repeat(1_000_000)}}]}]}]}`;
    expect(decoded(json)).toMatchObject({ ok: false, reason: "malformed", message: expect.stringContaining("startTimeUnixNano") });
  });

  it("writes exact lengths for texts of every size", () => {
    for (const length of [0, 1, 127, 128, 16_383, 16_384, 100_000]) {
      const name = "ä".repeat(length);
      expect(decoded(span({ name }))).toEqual(span(length === 0 ? {} : { name }));
    }
  });

  it("ignores unknown fields, and takes null for absent", () => {
    expect(decoded({ new: { x: [1] }, ...span({ name: "a", zzz: 1, status: null, attributes: null }) })).toEqual(span({ name: "a" }));
    expect(decoded({})).toEqual({});
  });

  it.each([
    ["", "not valid JSON"],
    ["{", "not valid JSON"],
    ["[]", "request: must be an object"],
    ["null", "request: must be an object"],
    ['{"resourceSpans":{}}', "resourceSpans: must be a list"],
    [JSON.stringify(span({ traceId: "abc" })), "traceId: must be 32 hexadecimal digits"],
    [JSON.stringify(span({ traceId: "zz".repeat(16) })), "traceId: must be 32 hexadecimal digits"],
    [JSON.stringify(span({ kind: "SPAN_KIND_SERVER" })), "kind: must be the enum's number"],
    [JSON.stringify(span({ startTimeUnixNano: -1 })), "startTimeUnixNano: must be a whole number"],
    [JSON.stringify(span({ name: 5 })), "name: must be a text"],
    [JSON.stringify(span({ attributes: [{ key: "a", value: { intValue: 1.5 } }] })), "intValue: must be a whole number"],
  ])("refuses %s, naming the place", (json, message) => {
    expect(decoded(json)).toMatchObject({ ok: false, reason: "malformed", message: expect.stringContaining(message) });
  });

  it("refuses what nests too deep, without recursion into it", () => {
    expect(decoded("[".repeat(1_000_000))).toMatchObject({ ok: false, reason: "too_deep" });
    const deep = `${'{"arrayValue":{"values":['.repeat(100)}{}${"]}}".repeat(100)}`;
    expect(decoded(`{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":${deep}}]}}]}`)).toMatchObject({ ok: false, reason: "too_deep" });
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(jsonToProtobuf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 0, 7)).toMatchObject({ reason: "malformed" });
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((json) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${json}]}]}]}`),
        ),
        (json) => {
          const bytes = Buffer.from(json);
          const result = jsonToProtobuf(bytes, 0, bytes.length);
          expect(Buffer.isBuffer(result) || result.ok === false).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
