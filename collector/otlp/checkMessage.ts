import { isAscii, isUtf8 } from "./utf8.ts";
import { DEPTH_MAX, lengthVarint, skipField, skipGroup, tagVarint, varintEnd } from "./varint.ts";

/** The messages of OTLP traces that are looked into before they are sent on. */
export const SPAN = 0;
export const RESOURCE = 1;
export const SCOPE = 2;
const EVENT = 3;
const LINK = 4;
export const KEY_VALUE = 5;
export const ANY_VALUE = 6;
const ARRAY_VALUE = 7;
const KEY_VALUE_LIST = 8;
const STATUS = 9;
const ENTITY_REF = 10;
/** What else a field may hold: text, which has to be UTF-8 (proto3), and ids of 16 and of 8 bytes, which may be empty. Anything will do in all others. */
const TEXT = 252;
const TRACE_ID = 253;
const SPAN_ID = 254;
const ANYTHING = 255;

/** By message and field number: what the field holds. */
const INNER = new Uint8Array(11 << 4).fill(ANYTHING);
for (const [type, field, inner] of [
  [SPAN, 9, KEY_VALUE],
  [SPAN, 11, EVENT],
  [SPAN, 13, LINK],
  [SPAN, 15, STATUS],
  [RESOURCE, 1, KEY_VALUE],
  [RESOURCE, 3, ENTITY_REF],
  [SCOPE, 3, KEY_VALUE],
  [EVENT, 3, KEY_VALUE],
  [LINK, 4, KEY_VALUE],
  [KEY_VALUE, 2, ANY_VALUE],
  [ANY_VALUE, 5, ARRAY_VALUE],
  [ANY_VALUE, 6, KEY_VALUE_LIST],
  [ARRAY_VALUE, 1, ANY_VALUE],
  [KEY_VALUE_LIST, 1, KEY_VALUE],
  [SPAN, 1, TRACE_ID],
  [SPAN, 2, SPAN_ID],
  [SPAN, 3, TEXT],
  [SPAN, 4, SPAN_ID],
  [SPAN, 5, TEXT],
  [SCOPE, 1, TEXT],
  [SCOPE, 2, TEXT],
  [EVENT, 2, TEXT],
  [LINK, 1, TRACE_ID],
  [LINK, 2, SPAN_ID],
  [LINK, 3, TEXT],
  [KEY_VALUE, 1, TEXT],
  [ANY_VALUE, 1, TEXT],
  [STATUS, 2, TEXT],
  [ENTITY_REF, 1, TEXT],
  [ENTITY_REF, 2, TEXT],
  [ENTITY_REF, 3, TEXT],
  [ENTITY_REF, 4, TEXT],
]) {
  INNER[(type << 4) | field] = inner;
}

/** By message and field number: the wire type that the field has. Strict readers, the OpenTelemetry Collector's among them, refuse a message for another one. */
const WIRE = new Uint8Array(11 << 5).fill(ANYTHING);
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
for (const [type, wire, fields] of [
  [SPAN, BYTES, [1, 2, 3, 4, 5, 9, 11, 13, 15]],
  [SPAN, VARINT, [6, 10, 12, 14]],
  [SPAN, FIXED64, [7, 8]],
  [SPAN, FIXED32, [16]],
  [RESOURCE, BYTES, [1, 3]],
  [RESOURCE, VARINT, [2]],
  [SCOPE, BYTES, [1, 2, 3]],
  [SCOPE, VARINT, [4]],
  [EVENT, FIXED64, [1]],
  [EVENT, BYTES, [2, 3]],
  [EVENT, VARINT, [4]],
  [LINK, BYTES, [1, 2, 3, 4]],
  [LINK, VARINT, [5]],
  [LINK, FIXED32, [6]],
  [KEY_VALUE, BYTES, [1, 2]],
  [KEY_VALUE, VARINT, [3]],
  [ANY_VALUE, BYTES, [1, 5, 6, 7]],
  [ANY_VALUE, VARINT, [2, 3, 8]],
  [ANY_VALUE, FIXED64, [4]],
  [ARRAY_VALUE, BYTES, [1]],
  [KEY_VALUE_LIST, BYTES, [1]],
  [STATUS, BYTES, [2]],
  [STATUS, VARINT, [3]],
  [ENTITY_REF, BYTES, [1, 2, 3, 4]],
] as const) {
  for (const field of fields) WIRE[(type << 5) | field] = wire;
}

/** 0 when the message in [start, end) is well formed all the way down, −1 when it is not, −2 when it is nested too deep. `view` is of the same bytes. */
export function checkMessage(bytes: Uint8Array, view: DataView, type: number, start: number, end: number, depth = 0): number {
  if (depth > DEPTH_MAX) return -2;
  let pos = start;
  while (pos < end) {
    let tag = bytes[pos];
    let body = pos + 1;
    if (tag > 127) {
      body = varintEnd(bytes, pos, end);
      tag = tagVarint(bytes, pos, body);
    }
    if (tag < 8) return -1;
    const wire = tag < 256 ? WIRE[(type << 5) | (tag >>> 3)] : ANYTHING;
    if (wire !== ANYTHING && wire !== (tag & 7)) return -1;
    if ((tag & 7) !== 2) {
      pos = (tag & 7) === 3 ? skipGroup(bytes, tag >>> 3, body, end, depth + 1) : skipField(bytes, tag, body, end);
      if (pos < 0) return -1;
      continue;
    }
    let length = bytes[body];
    let content = body + 1;
    if (length > 127) {
      content = varintEnd(bytes, body, end);
      length = lengthVarint(bytes, body, content);
    }
    if (length >>> 0 > end - content) return -1;
    const inner = tag < 128 ? INNER[(type << 4) | (tag >>> 3)] : ANYTHING;
    const next = content + length;
    if (inner < TEXT) {
      if (inner !== KEY_VALUE || !isPlainAttribute(bytes, view, content, next)) {
        const code = checkMessage(bytes, view, inner, content, next, depth + 1);
        if (code < 0) return code;
      }
    } else if (inner === TEXT) {
      if (!isUtf8(view, content, next)) return -1;
    } else if (inner !== ANYTHING && length !== 0 && length !== (inner === TRACE_ID ? 16 : 8)) return -1;
    pos = next;
  }
  return pos === end ? 0 : -1;
}

/**
 * The same for a span's content, with most of its fields in one tight loop: in trace scope every span is checked, not the kept ones alone (measured by
 * bench/trace.ts). Fields in a row whose every byte has to be ASCII, tags and lengths included, are looked at together at the end of the row.
 */
export function checkSpan(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let pos = start | 0;
  // Where the row begins.
  let row = pos;
  while (pos < end) {
    const tag = bytes[pos] | 0;
    const length = bytes[(pos + 1) | 0] | 0;
    const content = (pos + 2) | 0;
    let next = (content + length) | 0;
    // What of this field belongs to the row; the row goes on after it when that is all of it.
    let rowEnd = pos;
    if (tag === 0x39 || tag === 0x41) next = (pos + 9) | 0;
    else if (tag === 0x30 && length < 128) {
      next = content;
      rowEnd = next;
    } else if (tag === 0x85 && length === 1) {
      // Flags, a fixed32.
      next = (pos + 6) | 0;
    } else if (length < 128 && next <= end) {
      if (tag === 0x4a) {
        // An attribute: a key, then a value that is one text, number or boolean, all short.
        const keyLength = bytes[(content + 1) | 0] | 0;
        const second = (content + 2 + keyLength) | 0;
        const valueLength = bytes[(second + 1) | 0] | 0;
        const value = (second + 2) | 0;
        if (bytes[content] === 0x0a && bytes[second] === 0x12 && (keyLength | valueLength) < 128 && ((value + valueLength) | 0) === next) {
          const kind = bytes[value] | 0;
          const first = bytes[(value + 1) | 0] | 0;
          if (first < 128 && (kind === 0x0a ? ((value + 2 + first) | 0) === next : (kind === 0x18 || kind === 0x10) && valueLength === 2)) rowEnd = next;
          else if (((kind === 0x18 || kind === 0x10) && varintEnd(bytes, (value + 1) | 0, next) === next) || (kind === 0x21 && valueLength === 9))
            rowEnd = second;
          else next = -1;
        } else next = -1;
      } else if (
        tag === 0x2a ||
        tag === 0x1a ||
        (tag === 0x7a && (length === 0 || (length === 2 && bytes[content] === 0x18 && bytes[(content + 1) | 0] < 128)))
      ) {
        // Name, trace state, and a status of a code alone.
        rowEnd = next;
      } else if (tag === 0x0a ? length !== 16 : length !== 8 || (tag !== 0x12 && tag !== 0x22)) next = -1;
    } else next = -1;
    if (next < 0) {
      next = fieldEnd(bytes, pos, end);
      if (next < 0) return -1;
      const code = checkMessage(bytes, view, SPAN, pos, next);
      if (code < 0) return code;
    }
    if (rowEnd !== next) {
      if (next > end) return -1;
      if (rowEnd > row && !isAscii(view, row, rowEnd)) {
        const code = checkMessage(bytes, view, SPAN, row, rowEnd === pos ? pos : next);
        if (code < 0) return code;
      }
      row = next;
    }
    pos = next;
  }
  if (pos !== end) return -1;
  return pos > row && !isAscii(view, row, pos) ? checkMessage(bytes, view, SPAN, row, pos) : 0;
}

function fieldEnd(bytes: Uint8Array, at: number, end: number): number {
  const body = varintEnd(bytes, at, end);
  const tag = tagVarint(bytes, at, body);
  return tag < 0 ? -1 : skipField(bytes, tag, body, end);
}

/**
 * Of both ResourceSpans and ScopeSpans field 1 is the message to look into (RESOURCE or SCOPE), field 2 what the scan has checked, and field 3 a text; none of them has another wire
 * type.
 */
export function checkFields(bytes: Uint8Array, view: DataView, type: number, start: number, end: number): number {
  for (let pos = start; pos < end; ) {
    const content = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, content);
    const next = skipField(bytes, tag, content, end);
    if (tag === 0x0a) {
      const code = checkMessage(bytes, view, type, varintEnd(bytes, content, end), next);
      if (code < 0) return code;
    } else if (tag === 0x1a) {
      if (!isUtf8(view, varintEnd(bytes, content, end), next)) return -1;
    } else if (tag < 32 && tag !== 0x12) return -1;
    pos = next;
  }
  return 0;
}

/** Nearly all that is checked are attributes of this form: a key, then a value that is one text, number or boolean, each of under 128 bytes, texts in ASCII. */
export function isPlainAttribute(bytes: Uint8Array, view: DataView, at: number, end: number): boolean {
  const keyLength = bytes[at + 1];
  const second = (at + 2 + keyLength) | 0;
  const valueLength = bytes[second + 1];
  const value = (second + 2) | 0;
  if (bytes[at] !== 0x0a || bytes[second] !== 0x12 || (keyLength | valueLength) > 127 || value + valueLength !== end) return false;
  switch (bytes[value]) {
    case 0x0a:
      return bytes[value + 1] < 128 && value + 2 + bytes[value + 1] === end && isAscii(view, at, end);
    case 0x10:
    case 0x18:
      return varintEnd(bytes, value + 1, end) === end && isAscii(view, at + 2, second);
    case 0x21:
      return value + 9 === end && isAscii(view, at + 2, second);
    default:
      return false;
  }
}
