/** Protobuf wire primitives for the paths that are not hot; the scan inlines its own. Positions go in and come out, so nothing is allocated. */

/** Position after the varint at `at`, or −1 when it is longer than 10 bytes or runs past `end`. */
export function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const last = end - at > 10 ? at + 10 : end;
  for (let pos = at; pos < last; pos++) if (bytes[pos] < 128) return pos + 1;
  return -1;
}

/** Low 32 bits, signed, of the varint that lies in [at, next). */
export function varint32(bytes: Uint8Array, at: number, next: number): number {
  let value = 0;
  for (let pos = at, shift = 0; pos < next && shift < 32; pos++, shift += 7) value |= (bytes[pos] & 127) << shift;
  return value;
}

/** High 32 bits, signed, of the 64-bit varint that lies in [at, next). */
export function varint32High(bytes: Uint8Array, at: number, next: number): number {
  let value = next - at > 4 ? (bytes[at + 4] & 127) >> 4 : 0;
  for (let pos = at + 5, shift = 3; pos < next; pos++, shift += 7) value |= (bytes[pos] & 127) << shift;
  return value;
}

/** A tag or length in [at, next): 0 to 2^31 − 1 in at most 5 bytes, or −1. */
export function lengthVarint(bytes: Uint8Array, at: number, next: number): number {
  if (next < 0 || next - at > 5 || (next - at === 5 && bytes[at + 4] > 7)) return -1;
  return varint32(bytes, at, next);
}

/** Tag in [at, next) as an unsigned number, or −1: field 0, more than 32 bits, or no varint. */
export function tagVarint(bytes: Uint8Array, at: number, next: number): number {
  if (next < 0 || next - at > 5 || (next - at === 5 && bytes[at + 4] > 15)) return -1;
  const tag = varint32(bytes, at, next) >>> 0;
  return tag < 8 ? -1 : tag;
}

/**
 * Protobuf's C++ and Java readers stop at 100 messages or groups inside each other, the request and its two lists included; what is deeper would be refused
 * further on. Counted from a span.
 */
export const DEPTH_MAX = 96;

/** Position after the value of a field with this tag, or −1. An unknown field may be a group (wire types 3 and 4), though OTLP never had any. */
export function skipField(bytes: Uint8Array, tag: number, at: number, end: number): number {
  if (tag < 8 && tag >= 0) return -1;
  switch (tag & 7) {
    case 0:
      return varintEnd(bytes, at, end);
    case 1:
      return end - at < 8 ? -1 : at + 8;
    case 2: {
      const next = varintEnd(bytes, at, end);
      const length = lengthVarint(bytes, at, next);
      return length < 0 || length > end - next ? -1 : next + length;
    }
    case 5:
      return end - at < 4 ? -1 : at + 4;
    case 3:
      return skipGroup(bytes, tag >>> 3, at, end, 1);
    default:
      return -1;
  }
}

/** Position after the end of the group that this field number has opened before `at`, or −1: it never ends, or lies deeper than DEPTH_MAX. */
export function skipGroup(bytes: Uint8Array, field: number, at: number, end: number, depth: number): number {
  if (depth > DEPTH_MAX) return -1;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return -1;
    if ((tag & 7) === 4) return tag >>> 3 === field ? body : -1;
    pos = (tag & 7) === 3 ? skipGroup(bytes, tag >>> 3, body, end, depth + 1) : skipField(bytes, tag, body, end);
    if (pos < 0) return -1;
  }
  return -1;
}

/** First content byte of the length-delimited field in [at, end), which has been checked before. */
export function contentStart(bytes: Uint8Array, at: number, end: number): number {
  return varintEnd(bytes, varintEnd(bytes, at, end), end);
}

export function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16384 ? 2 : value < 2097152 ? 3 : value < 268435456 ? 4 : 5;
}

export function writeVarint(out: Uint8Array, at: number, value: number): number {
  let pos = at;
  let rest = value;
  while (rest > 127) {
    out[pos++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  out[pos++] = rest;
  return pos;
}
