import { isUtf8 } from "node:buffer";
import protobuf from "protobufjs";
import { otlpProto } from "#bench/otlpProto.ts";

const { root } = protobuf.parse(otlpProto, { keepCase: true });
root.resolveAll();
export const JsonRequest = root.lookupType("ExportTraceServiceRequest");

/** Digits as they stood in the text. */
class Digits {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

/** The message that an OTLP/JSON text means, field by field of the schema (OTLP specification, "JSON Protobuf Encoding"); undefined: nobody may take it. */
export function readJson(bytes: Buffer): protobuf.Message | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    const text = bytes.toString("utf8").replace(/^\ufeff/, "");
    const parsed: unknown = JSON.parse(text, (_key, value, context?: { source: string }) =>
      typeof value === "number" ? new Digits(context?.source ?? "") : value,
    );
    if (parsed === null) return undefined;
    return messageOf(JsonRequest, parsed);
  } catch {
    return undefined;
  }
}

/** How deep the arrays and objects of a JSON text lie in each other; 0 for what is none. */
export function jsonDepth(bytes: Buffer): number {
  let deepest = 0;
  let depth = 0;
  for (const [token] of bytes.toString("latin1").matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === "[" || token === "{") deepest = Math.max(deepest, ++depth);
    else if (token === "]" || token === "}") depth--;
  }
  return deepest;
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function messageOf(type: protobuf.Type, value: unknown): protobuf.Message {
  if (isAbsent(value)) return type.create({});
  if (typeof value !== "object" || Array.isArray(value) || value instanceof Digits) throw new Error("no object");
  const given = value as Record<string, unknown>;
  const fields: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const held = given[camelCase(field.name)];
    if (!Object.hasOwn(given, camelCase(field.name)) || isAbsent(held)) continue;
    // Of several members of a oneof the first by our order counts; the others are not looked at.
    if (field.partOf && firstOfOneof(given) !== field.name) continue;
    if (!field.repeated) fields[field.name] = fieldValue(field, held);
    else if (Array.isArray(held)) fields[field.name] = held.map((one) => fieldValue(field, one));
    else throw new Error("no list");
  }
  return type.create(fields);
}

const ONEOF_ORDER = ["string_value", "bool_value", "int_value", "double_value", "bytes_value", "array_value", "kvlist_value"];

function firstOfOneof(given: Record<string, unknown>): string | undefined {
  return ONEOF_ORDER.find((name) => Object.hasOwn(given, camelCase(name)) && !isAbsent(given[camelCase(name)]));
}

function fieldValue(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return messageOf(field.resolvedType, value);
  switch (field.type) {
    case "string":
      if (isAbsent(value)) return "";
      if (typeof value !== "string") throw new Error("no text");
      return value.toWellFormed();
    case "bool":
      if (typeof value !== "boolean") throw new Error("no boolean");
      return value;
    case "bytes":
      return bytesOf(field.name, value);
    case "double":
      return doubleOf(value);
    case "uint32":
    case "fixed32":
      return Number(integerOf(value, 0n, 2n ** 32n - 1n));
    case "int32":
      // Both of them are enums.
      return Number(integerOf(value, 0n, 2n ** 31n - 1n));
    case "int64":
      return longOf(String(integerOf(value, -(2n ** 63n), 2n ** 63n - 1n)), false);
    default:
      return longOf(String(integerOf(value, 0n, 2n ** 64n - 1n)), true);
  }
}

function bytesOf(name: string, value: unknown): Buffer {
  if (typeof value !== "string") throw new Error("no text");
  const hexBytes = name === "trace_id" ? 16 : name.endsWith("span_id") ? 8 : 0;
  if (hexBytes > 0) {
    if (value !== "" && !new RegExp(`^[0-9a-f]{${hexBytes * 2}}$`, "i").test(value)) throw new Error("no id");
    return Buffer.from(value, "hex");
  }
  if (!/^[A-Za-z0-9+/_-]*=?=?$/.test(value)) throw new Error("no base64");
  return Buffer.from(value, "base64");
}

function integerOf(value: unknown, min: bigint, max: bigint): bigint {
  let exact: bigint | undefined;
  if (value instanceof Digits) {
    if (/^-?\d{1,20}$/.test(value.source)) exact = BigInt(value.source);
    else if (Number.isInteger(Number(value.source))) exact = BigInt(Number(value.source));
  } else if (typeof value === "string" && /^-?[0-9]{1,20}$/.test(value)) exact = BigInt(value);
  if (exact === undefined || exact < min || exact > max) throw new Error("no whole number in its bounds");
  return exact;
}

function doubleOf(value: unknown): number {
  if (value instanceof Digits) return Number(value.source);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new Error("no number");
}

/** protobufjs brings the library `long` without its types. */
function longOf(digits: string, isUnsigned: boolean): unknown {
  return (protobuf.util.Long as unknown as { fromString(text: string, isUnsigned: boolean): unknown }).fromString(digits, isUnsigned);
}
