import type { BackwardWriter } from "./backwardWriter.ts";
import { enumNumber, type JsonObject, list, object, uint32 } from "./jsonFields.ts";
import { attributes, count, each, fixed64, id, resource, scope, textField } from "./jsonMessages.ts";

/** ResourceSpans as field 1 of ExportTraceServiceRequest. */
export function resourceSpans(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.scopeSpans, `${path}.scopeSpans`), `${path}.scopeSpans`, (one, at) => scopeSpans(writer, one, at));
  resource(writer, item.resource, `${path}.resource`);
  writer.message(1, mark);
}

function scopeSpans(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.spans, `${path}.spans`), `${path}.spans`, (one, at) => span(writer, one, at));
  scope(writer, item.scope, `${path}.scope`);
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
  fixed64(writer, 8, item.endTimeUnixNano, `${path}.endTimeUnixNano`);
  fixed64(writer, 7, item.startTimeUnixNano, `${path}.startTimeUnixNano`);
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
  fixed64(writer, 1, item.timeUnixNano, `${path}.timeUnixNano`);
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
