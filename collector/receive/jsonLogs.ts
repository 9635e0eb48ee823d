import type { BackwardWriter } from "./backwardWriter.ts";
import { enumNumber, type JsonObject, list, object, uint32 } from "./jsonFields.ts";
import { anyValue, attributes, count, each, fixed64, id, resource, scope, textField } from "./jsonMessages.ts";

/** ResourceLogs as field 1 of ExportLogsServiceRequest. */
export function resourceLogs(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.scopeLogs, `${path}.scopeLogs`), `${path}.scopeLogs`, (one, at) => scopeLogs(writer, one, at));
  resource(writer, item.resource, `${path}.resource`);
  writer.message(1, mark);
}

function scopeLogs(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.logRecords, `${path}.logRecords`), `${path}.logRecords`, (one, at) => logRecord(writer, one, at));
  scope(writer, item.scope, `${path}.scope`);
  writer.message(2, mark);
}

function logRecord(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 12, item.eventName, `${path}.eventName`);
  fixed64(writer, 11, item.observedTimeUnixNano, `${path}.observedTimeUnixNano`);
  id(writer, 10, item.spanId, 8, `${path}.spanId`);
  id(writer, 9, item.traceId, 16, `${path}.traceId`);
  const flags = uint32(item.flags, `${path}.flags`);
  if (flags !== 0) writer.fixed32(8, flags);
  count(writer, 7, item.droppedAttributesCount, `${path}.droppedAttributesCount`);
  attributes(writer, 6, item.attributes, `${path}.attributes`);
  const body = object(item.body, `${path}.body`);
  if (body !== undefined) anyValue(writer, 5, body, `${path}.body`);
  textField(writer, 3, item.severityText, `${path}.severityText`);
  const severity = enumNumber(item.severityNumber, `${path}.severityNumber`);
  if (severity !== 0) writer.uint32(2, severity);
  fixed64(writer, 1, item.timeUnixNano, `${path}.timeUnixNano`);
  writer.message(2, mark);
}
