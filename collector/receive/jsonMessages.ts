import type { BackwardWriter } from "./backwardWriter.ts";
import { base64, double, hexId, int64, type JsonObject, JsonShapeError, list, object, text, texts, uint32, uint64 } from "./jsonFields.ts";

// What the messages of all signals are made of. Fields are given last to first, as the writer demands.

export function each(items: readonly unknown[], path: string, write: (item: JsonObject, path: string) => void): void {
  for (let i = items.length - 1; i >= 0; i--) write(object(items[i], `${path}[${i}]`) ?? {}, `${path}[${i}]`);
}

export function textField(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const given = text(value, path);
  if (given !== "") writer.text(field, given);
}

export function count(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const given = uint32(value, path);
  if (given !== 0) writer.uint32(field, given);
}

export function id(writer: BackwardWriter, field: number, value: unknown, bytes: number, path: string): void {
  const given = hexId(value, bytes, path);
  if (given !== undefined) writer.bytes(field, given);
}

/** Any fixed64 that is not negative, a time or a count. */
export function fixed64(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const given = uint64(value, path);
  if (given !== 0n) writer.fixed64(field, given);
}

/** `Resource` as field 1 of whatever holds it; nothing where there is none. */
export function resource(writer: BackwardWriter, value: unknown, path: string): void {
  const item = object(value, path);
  if (item === undefined) return;
  const mark = writer.mark();
  each(list(item.entityRefs, `${path}.entityRefs`), `${path}.entityRefs`, (one, at) => entityRef(writer, one, at));
  count(writer, 2, item.droppedAttributesCount, `${path}.droppedAttributesCount`);
  attributes(writer, 1, item.attributes, `${path}.attributes`);
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

/** `InstrumentationScope`, likewise. */
export function scope(writer: BackwardWriter, value: unknown, path: string): void {
  const item = object(value, path);
  if (item === undefined) return;
  const mark = writer.mark();
  count(writer, 4, item.droppedAttributesCount, `${path}.droppedAttributesCount`);
  attributes(writer, 3, item.attributes, `${path}.attributes`);
  textField(writer, 2, item.version, `${path}.version`);
  textField(writer, 1, item.name, `${path}.name`);
  writer.message(1, mark);
}

export function attributes(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  each(list(value, path), path, (item, at) => {
    const mark = writer.mark();
    const given = object(item.value, `${at}.value`);
    if (given !== undefined) anyValue(writer, 2, given, `${at}.value`);
    textField(writer, 1, item.key, `${at}.key`);
    writer.message(field, mark);
  });
}

/** Recursion is bounded by JSON_DEPTH_MAX, checked before. An empty value is written as an empty AnyValue: it is there, with nothing in it. */
export function anyValue(writer: BackwardWriter, field: number, value: JsonObject, path: string): void {
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

export function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function boolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new JsonShapeError(path, "true or false");
  return value;
}
