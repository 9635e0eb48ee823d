import protobuf from "protobufjs";
import type { Attribute, AttributeValue, SpanFacts } from "#domain/sampling/spanFacts.ts";
import { canonical } from "./canonical.ts";
import { otlpTraceProto } from "./otlpTraceProto.ts";

const { root } = protobuf.parse(otlpTraceProto, { keepCase: true });
const type = (name: string) => root.lookupType(name);
const [Request, ResourceSpansFrame, ScopeSpansFrame, ResourceSpans, ScopeSpans, Span] = [
  "Request",
  "ResourceSpansFrame",
  "ScopeSpansFrame",
  "ResourceSpans",
  "ScopeSpans",
  "Span",
].map(type);

type Long = { toString(): string };
type KeyValue = { key: string; value?: { value?: string; string_value: string; bool_value: boolean; int_value: Long; double_value: number } | null };
type SpanMessage = protobuf.Message & {
  trace_id: Uint8Array[];
  span_id: Uint8Array[];
  parent_span_id: Uint8Array[];
  trace_state: string;
  name: string;
  kind: number;
  start_time_unix_nano: Long;
  end_time_unix_nano: Long;
  attributes: KeyValue[];
  links: { trace_id: Uint8Array[]; span_id: Uint8Array[] }[];
  status?: { code: number } | null;
};

/** One span as protobufjs reads it: what a condition sees, and all of it with its resource and scope in one text, unknown fields included. */
export type ReadSpan = { facts: SpanFacts; textWith(traceState: string): string };

/**
 * `unreadable`: the bytes are no request; whoever takes it is wrong. `partlyBad`: the request is one, but something in a resource, scope or span is not valid: `isUsed` when that belongs
 * to spans, and not to a resource or scope without any. Else its spans, in the order of the wire.
 */
export type Reading = { kind: "unreadable" } | { kind: "partlyBad"; isUsed: boolean } | { kind: "good"; spans: ReadSpan[] };

/** Reads a request with protobufjs, strictly: texts are UTF-8, ids have their length or none. */
export function readRequest(bytes: Uint8Array): Reading {
  const spans: ReadSpan[] = [];
  let isBad = false;
  let isUsed = false;
  try {
    for (const resourceSpans of list(decode(Request, bytes), "resource_spans")) {
      const scopes = list(decode(ResourceSpansFrame, resourceSpans), "scope_spans").map((scopeSpans) => ({
        scopeSpans,
        spans: list(decode(ScopeSpansFrame, scopeSpans), "spans"),
      }));
      const hasSpans = scopes.some((scope) => scope.spans.length > 0);
      const bad = (used: boolean) => {
        isBad = true;
        isUsed ||= used;
      };
      const outer = attempt(() => readResourceSpans(resourceSpans));
      if (outer === undefined) bad(hasSpans);
      for (const scope of scopes) {
        const inner = attempt(() => readScopeSpans(scope.scopeSpans));
        if (inner === undefined) bad(scope.spans.length > 0);
        for (const span of scope.spans) {
          const message = attempt(() => readSpan(span));
          if (message === undefined) bad(true);
          else if (outer !== undefined && inner !== undefined) spans.push(asRead(message, outer, inner));
        }
      }
    }
  } catch {
    return { kind: "unreadable" };
  }
  return isBad ? { kind: "partlyBad", isUsed } : { kind: "good", spans };
}

function decode(of: protobuf.Type, bytes: Uint8Array): protobuf.Message {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  reader.skip = skipStrictly;
  const message = of.decode(reader);
  // What is taken apart is looked at when it is read whole.
  if (!/Frame$|^Request$/.test(of.name)) checkWireTypes(of, bytes);
  return message;
}

/** protobufjs takes a known field in another wire type for an unknown one; so does the protobuf specification, but the OpenTelemetry Collector refuses the message. */
function checkWireTypes(of: protobuf.Type, bytes: Uint8Array): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    const [number, wire] = [tag >>> 3, tag & 7];
    const field = of.fieldsById[number];
    const expected = field === undefined ? undefined : (BASIC[field.type] ?? 2);
    if (expected !== undefined ? wire !== expected : STRINDEX[of.name] === number && wire !== 0)
      throw new Error(`field ${number} of ${of.name} in another wire type`);
    if (field?.resolvedType instanceof protobuf.Type) checkWireTypes(field.resolvedType, reader.bytes());
    else reader.skipType(wire, 0, number);
  }
}

const BASIC: Readonly<Record<string, number>> = protobuf.types.basic;
/** Numbers of texts that only profiles have, by message: varints that pass unread. */
const STRINDEX: Record<string, number> = { KeyValue: 3, AnyValue: 8 };

/** protobufjs steps over varints of any length; ten bytes are the most that protobuf has. */
function skipStrictly(this: protobuf.Reader, length?: number): protobuf.Reader {
  const from = this.pos;
  protobuf.Reader.prototype.skip.call(this, length);
  if (length === undefined && this.pos - from > 10) throw new Error("a varint of more than ten bytes");
  return this;
}

function list(message: protobuf.Message, field: string): Uint8Array[] {
  return (message as unknown as Record<string, Uint8Array[]>)[field];
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

type Outer = { text: string; resource: Attribute[] };

function readResourceSpans(bytes: Uint8Array): Outer {
  const message = decode(ResourceSpans, bytes) as protobuf.Message & { resource?: { attributes: KeyValue[] } | null };
  return { text: canonical(ResourceSpans, message, "scope_spans"), resource: (message.resource?.attributes ?? []).map(attribute) };
}

function readScopeSpans(bytes: Uint8Array): string {
  return canonical(ScopeSpans, decode(ScopeSpans, bytes), "spans");
}

function readSpan(bytes: Uint8Array): SpanMessage {
  const span = decode(Span, bytes) as SpanMessage;
  checkLengths(span.trace_id, 16);
  checkLengths(span.span_id, 8);
  checkLengths(span.parent_span_id, 8);
  for (const link of span.links) {
    checkLengths(link.trace_id, 16);
    checkLengths(link.span_id, 8);
  }
  return span;
}

function checkLengths(ids: readonly Uint8Array[], length: number): void {
  for (const id of ids) if (id.length !== 0 && id.length !== length) throw new Error("an id of another length");
}

function asRead(span: SpanMessage, outer: Outer, inner: string): ReadSpan {
  return {
    facts: {
      traceId: Buffer.from(span.trace_id.at(-1) ?? []).toString("hex"),
      traceState: span.trace_state,
      name: span.name,
      kind: span.kind,
      startUnixNano: BigInt(span.start_time_unix_nano.toString()),
      endUnixNano: BigInt(span.end_time_unix_nano.toString()),
      statusCode: span.status?.code ?? 0,
      attributes: span.attributes.map(attribute),
      resource: outer.resource,
    },
    textWith: (traceState) => `${outer.text}\n${inner}\n${canonical(Span, span, "trace_state")} ${JSON.stringify(traceState)}`,
  };
}

function attribute({ key, value }: KeyValue): Attribute {
  return { key, value: plain(value) };
}

function plain(value: KeyValue["value"]): AttributeValue {
  switch (value?.value) {
    case "string_value":
      return value.string_value;
    case "bool_value":
      return value.bool_value;
    case "int_value":
      return BigInt(value.int_value.toString());
    case "double_value":
      return value.double_value;
    default:
      return null;
  }
}
