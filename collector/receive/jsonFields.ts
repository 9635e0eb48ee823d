/** A JSON body that is no request to export; `message` begins with the path of what was wrong. Caught in one place, `jsonToProtobuf`. */
export class JsonShapeError extends Error {
  constructor(path: string, expected: string) {
    super(`${path}: must be ${expected}`);
    this.name = "JsonShapeError";
  }
}

export type JsonObject = { readonly [key: string]: unknown };

/** `undefined` for a field that is absent or null, which protobuf's JSON mapping treats alike. */
export function object(value: unknown, path: string): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw new JsonShapeError(path, "an object");
  return value as JsonObject;
}

export function list(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new JsonShapeError(path, "a list");
  return value;
}

export function text(value: unknown, path: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new JsonShapeError(path, "a text");
  return value;
}

/** OTLP/JSON writes trace and span ids in hexadecimal, not base64 (OTLP specification, "JSON Protobuf Encoding"). */
export function hexId(value: unknown, bytes: number, path: string): Buffer | undefined {
  const digits = text(value, path);
  if (digits === "") return undefined;
  if (digits.length !== bytes * 2 || !/^[0-9a-fA-F]*$/.test(digits)) throw new JsonShapeError(path, `${bytes * 2} hexadecimal digits`);
  return Buffer.from(digits, "hex");
}

export function base64(value: unknown, path: string): Buffer {
  const encoded = text(value, path);
  if (!/^[A-Za-z0-9+/\-_]*={0,2}$/.test(encoded)) throw new JsonShapeError(path, "base64");
  return Buffer.from(encoded, "base64");
}

export function texts(value: unknown, path: string): string[] {
  return list(value, path).map((item, index) => text(item, `${path}[${index}]`));
}

const UINT64_MAX = 2n ** 64n - 1n;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** A whole number given as a JSON number or as a text; bigint when the body had more digits than a double holds. */
function integer(value: unknown, min: bigint, max: bigint, path: string, expected: string): bigint {
  let exact: bigint | undefined;
  if (typeof value === "bigint") exact = value;
  else if (typeof value === "number" && Number.isInteger(value)) exact = BigInt(value);
  else if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) exact = BigInt(value);
  if (exact === undefined || exact < min || exact > max) throw new JsonShapeError(path, expected);
  return exact;
}

export function uint64(value: unknown, path: string): bigint {
  return value === undefined || value === null ? 0n : integer(value, 0n, UINT64_MAX, path, "a whole number from 0 to 2^64-1, or a text of one");
}

export function int64(value: unknown, path: string): bigint {
  return integer(value, INT64_MIN, INT64_MAX, path, "a whole number of 64 bits, or a text of one");
}

export function int32(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : Number(integer(value, -2_147_483_648n, 2_147_483_647n, path, "a whole number of 32 bits"));
}

export function uint32(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : Number(integer(value, 0n, 4_294_967_295n, path, "a whole number from 0 to 4294967295"));
}

/** An enum: OTLP/JSON allows its number only, never protobuf's name for it. */
export function enumNumber(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : Number(integer(value, 0n, 2_147_483_647n, path, "the enum's number"));
}

export function double(value: unknown, path: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value === "NaN") return Number.NaN;
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new JsonShapeError(path, "a number");
}
