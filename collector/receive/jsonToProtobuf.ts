import { type Refusal, refusal } from "./answer.ts";
import { BackwardWriter } from "./backwardWriter.ts";
import { base64, double, enumNumber, hexId, int64, type JsonObject, JsonShapeError, list, object, text, texts, uint32, uint64 } from "./jsonFields.ts";
import { JSON_DEPTH_MAX, surveyJson } from "./surveyJson.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Turns an OTLP/JSON ExportTraceServiceRequest into its protobuf bytes, so that everything behind the receiver sees one encoding.
 * Unknown fields are ignored, as the OTLP specification demands. Never throws.
 */
export function jsonToProtobuf(bytes: Buffer, start: number, end: number): Buffer | Refusal {
  const survey = surveyJson(bytes, start, end);
  if (survey.tooDeep) return refusal("too_deep", `the JSON is nested more than ${JSON_DEPTH_MAX} deep`);
  try {
    const json = utf8.decode(bytes.subarray(start, end));
    const body = object(survey.hasLongNumber ? JSON.parse(json, keepDigits) : JSON.parse(json), "request");
    if (body === undefined) return refusal("malformed", "request: must be an object");
    const writer = new BackwardWriter(Math.min(end - start, 4_194_304));
    each(list(body.resourceSpans, "resourceSpans"), "resourceSpans", (item, path) => resourceSpans(writer, item, path));
    return writer.finish();
  } catch (error) {
    if (error instanceof JsonShapeError) return refusal("malformed", error.message);
    return refusal("malformed", `the body is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** V8 hands a reviver the digits as they stood in the text; a whole number beyond 2^53 becomes a bigint, unless it has more digits than any 64-bit number. */
function keepDigits(_key: string, value: unknown, context?: { source: string }): unknown {
  const digits = context?.source ?? "";
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : value;
}

function each(items: readonly unknown[], path: string, write: (item: JsonObject, path: string) => void): void {
  for (let i = items.length - 1; i >= 0; i--) write(object(items[i], `${path}[${i}]`) ?? {}, `${path}[${i}]`);
}

function textField(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const given = text(value, path);
  if (given !== "") writer.text(field, given);
}

function count(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const given = uint32(value, path);
  if (given !== 0) writer.uint32(field, given);
}

function id(writer: BackwardWriter, field: number, value: unknown, bytes: number, path: string): void {
  const given = hexId(value, bytes, path);
  if (given !== undefined) writer.bytes(field, given);
}

function resourceSpans(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.scopeSpans, `${path}.scopeSpans`), `${path}.scopeSpans`, (scope, at) => scopeSpans(writer, scope, at));
  const resource = object(item.resource, `${path}.resource`);
  if (resource !== undefined) {
    const inner = writer.mark();
    each(list(resource.entityRefs, `${path}.resource.entityRefs`), `${path}.resource.entityRefs`, (one, at) => entityRef(writer, one, at));
    count(writer, 2, resource.droppedAttributesCount, `${path}.resource.droppedAttributesCount`);
    attributes(writer, 1, resource.attributes, `${path}.resource.attributes`);
    writer.message(1, inner);
  }
  writer.message(1, mark);
}

function entityRef(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  for (const key of texts(item.descriptionKeys, `${path}.descriptionKeys`).reverse()) writer.text(4, key);
  for (const key of texts(item.idKeys, `${path}.idKeys`).reverse()) writer.text(3, key);
  textField(writer, 2, item.type, `${path}.type`);
  textField(writer, 1, item.schemaUrl, `${path}.schemaUrl`);
  writer.message(3, mark);
}

function scopeSpans(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.spans, `${path}.spans`), `${path}.spans`, (one, at) => span(writer, one, at));
  const scope = object(item.scope, `${path}.scope`);
  if (scope !== undefined) {
    const inner = writer.mark();
    count(writer, 4, scope.droppedAttributesCount, `${path}.scope.droppedAttributesCount`);
    attributes(writer, 3, scope.attributes, `${path}.scope.attributes`);
    textField(writer, 2, scope.version, `${path}.scope.version`);
    textField(writer, 1, scope.name, `${path}.scope.name`);
    writer.message(1, inner);
  }
  writer.message(2, mark);
}

function span(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  const flags = uint32(item.flags, `${path}.flags`);
  if (flags !== 0) writer.fixed32(16, flags);
  const status = object(item.status, `${path}.status`);
  if (status !== undefined) {
    const inner = writer.mark();
    const code = enumNumber(status.code, `${path}.status.code`);
    if (code !== 0) writer.uint32(3, code);
    textField(writer, 2, status.message, `${path}.status.message`);
    writer.message(15, inner);
  }
  count(writer, 14, item.droppedLinksCount, `${path}.droppedLinksCount`);
  each(list(item.links, `${path}.links`), `${path}.links`, (one, at) => link(writer, one, at));
  count(writer, 12, item.droppedEventsCount, `${path}.droppedEventsCount`);
  each(list(item.events, `${path}.events`), `${path}.events`, (one, at) => event(writer, one, at));
  count(writer, 10, item.droppedAttributesCount, `${path}.droppedAttributesCount`);
  attributes(writer, 9, item.attributes, `${path}.attributes`);
  const ended = uint64(item.endTimeUnixNano, `${path}.endTimeUnixNano`);
  if (ended !== 0n) writer.fixed64(8, ended);
  const started = uint64(item.startTimeUnixNano, `${path}.startTimeUnixNano`);
  if (started !== 0n) writer.fixed64(7, started);
  const kind = enumNumber(item.kind, `${path}.kind`);
  if (kind !== 0) writer.uint32(6, kind);
  textField(writer, 5, item.name, `${path}.name`);
  id(writer, 4, item.parentSpanId, 8, `${path}.parentSpanId`);
  textField(writer, 3, item.traceState, `${path}.traceState`);
  id(writer, 2, item.spanId, 8, `${path}.spanId`);
  id(writer, 1, item.traceId, 16, `${path}.traceId`);
  writer.message(2, mark);
}

function event(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  count(writer, 4, item.droppedAttributesCount, `${path}.droppedAttributesCount`);
  attributes(writer, 3, item.attributes, `${path}.attributes`);
  textField(writer, 2, item.name, `${path}.name`);
  const at = uint64(item.timeUnixNano, `${path}.timeUnixNano`);
  if (at !== 0n) writer.fixed64(1, at);
  writer.message(11, mark);
}

function link(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  const flags = uint32(item.flags, `${path}.flags`);
  if (flags !== 0) writer.fixed32(6, flags);
  count(writer, 5, item.droppedAttributesCount, `${path}.droppedAttributesCount`);
  attributes(writer, 4, item.attributes, `${path}.attributes`);
  textField(writer, 3, item.traceState, `${path}.traceState`);
  id(writer, 2, item.spanId, 8, `${path}.spanId`);
  id(writer, 1, item.traceId, 16, `${path}.traceId`);
  writer.message(13, mark);
}

function attributes(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  each(list(value, path), path, (item, at) => {
    const mark = writer.mark();
    const given = object(item.value, `${at}.value`);
    if (given !== undefined) anyValue(writer, 2, given, `${at}.value`);
    textField(writer, 1, item.key, `${at}.key`);
    writer.message(field, mark);
  });
}

/** Recursion is bounded by JSON_DEPTH_MAX, checked before. An empty value is written as an empty AnyValue: it is there, with nothing in it. */
function anyValue(writer: BackwardWriter, field: number, value: JsonObject, path: string): void {
  const mark = writer.mark();
  if (given(value.stringValue)) writer.text(1, text(value.stringValue, `${path}.stringValue`));
  else if (given(value.boolValue)) writer.uint32(2, boolean(value.boolValue, `${path}.boolValue`) ? 1 : 0);
  else if (given(value.intValue)) writer.int64(3, int64(value.intValue, `${path}.intValue`));
  else if (given(value.doubleValue)) writer.double(4, double(value.doubleValue, `${path}.doubleValue`));
  else if (given(value.bytesValue)) writer.bytes(7, base64(value.bytesValue, `${path}.bytesValue`));
  else if (given(value.arrayValue)) {
    const inner = writer.mark();
    const items = object(value.arrayValue, `${path}.arrayValue`)?.values;
    each(list(items, `${path}.arrayValue.values`), `${path}.arrayValue.values`, (item, at) => anyValue(writer, 1, item, at));
    writer.message(5, inner);
  } else if (given(value.kvlistValue)) {
    const inner = writer.mark();
    attributes(writer, 1, object(value.kvlistValue, `${path}.kvlistValue`)?.values, `${path}.kvlistValue.values`);
    writer.message(6, inner);
  }
  writer.message(field, mark);
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function boolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new JsonShapeError(path, "true or false");
  return value;
}
