import protobuf from "protobufjs";

type Fields = Record<string, unknown> & { $unknowns?: Uint8Array[] };

/** A message of protobufjs as one text: the same for two messages exactly when they hold the same, unknown fields byte for byte and in their order. One field of it can be left out. */
export function canonical(type: protobuf.Type, message: protobuf.Message, without?: string): string {
  const held = message as unknown as Fields;
  const parts: string[] = [];
  for (const field of type.fieldsArray) {
    if (field.name === without || !Object.hasOwn(held, field.name)) continue;
    const value = held[field.name];
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) {
      if (value.length > 0) parts.push(`${field.id}:[${value.map((one) => text(field, one)).join()}]`);
    } else {
      const one = text(field, value);
      // What has no presence is there or not alike when it is its default.
      if (field.partOf || field.resolvedType instanceof protobuf.Type || one !== DEFAULTS[field.type]) parts.push(`${field.id}:${one}`);
    }
  }
  const unknowns = held.$unknowns;
  if (unknowns !== undefined && unknowns.length > 0) parts.push(`?${Buffer.concat(unknowns).toString("hex")}`);
  return `{${parts.join()}}`;
}

const DEFAULTS: Record<string, string> = { string: '""', bytes: "", uint32: "0", int32: "0", fixed32: "0", fixed64: "0", bool: "false" };

function text(field: protobuf.Field, value: unknown): string {
  if (field.resolvedType instanceof protobuf.Type) return canonical(field.resolvedType, value as protobuf.Message);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
