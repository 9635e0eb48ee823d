import { lengthVarint, skipField, tagVarint, varintEnd } from "./varint.ts";

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
const NO_MESSAGE = 255;

/** By message and field number: the message that the field holds. */
const INNER = new Uint8Array(11 << 4).fill(NO_MESSAGE);
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
]) {
  INNER[(type << 4) | field] = inner;
}

/** Protobuf's C++ and Java readers stop at 100 messages inside each other, the request and its lists included; what is deeper would be refused further on. */
const DEPTH_MAX = 96;

/** 0 when the message in [start, end) is well formed all the way down, −1 when it is not, −2 when it is nested too deep. */
export function checkMessage(bytes: Uint8Array, type: number, start: number, end: number, depth = 0): number {
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
    if ((tag & 7) !== 2) {
      pos = skipField(bytes, tag, body, end);
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
    const inner = tag < 128 ? INNER[(type << 4) | (tag >>> 3)] : NO_MESSAGE;
    if (inner !== NO_MESSAGE && !(inner === KEY_VALUE && isPlainAttribute(bytes, content, content + length))) {
      const code = checkMessage(bytes, inner, content, content + length, depth + 1);
      if (code < 0) return code;
    }
    pos = content + length;
  }
  return pos === end ? 0 : -1;
}

/**
 * The same for a span's content, with most of its fields in one tight loop: in trace scope every span is checked, not the kept ones alone (measured by
 * bench/trace.ts).
 */
export function checkSpan(bytes: Uint8Array, start: number, end: number): number {
  let pos = start | 0;
  while (pos < end) {
    const tag = bytes[pos] | 0;
    const length = bytes[(pos + 1) | 0] | 0;
    const content = (pos + 2) | 0;
    const next = (content + length) | 0;
    if (length < 128 && next <= end) {
      if (tag === 0x4a) {
        // An attribute: a key, then a value that is one text, number or boolean, all short.
        const keyLength = bytes[(content + 1) | 0] | 0;
        const second = (content + 2 + keyLength) | 0;
        const valueLength = bytes[(second + 1) | 0] | 0;
        const value = (second + 2) | 0;
        if (bytes[content] === 0x0a && bytes[second] === 0x12 && (keyLength | valueLength) < 128 && ((value + valueLength) | 0) === next) {
          const kind = bytes[value] | 0;
          const first = bytes[(value + 1) | 0] | 0;
          if (
            (kind === 0x0a && first < 128 && ((value + 2 + first) | 0) === next) ||
            ((kind === 0x18 || kind === 0x10) && ((first < 128 && valueLength === 2) || varintEnd(bytes, (value + 1) | 0, next) === next)) ||
            (kind === 0x21 && valueLength === 9)
          ) {
            pos = next;
            continue;
          }
        }
      } else if (tag === 0x0a || tag === 0x12 || tag === 0x1a || tag === 0x22 || tag === 0x2a) {
        // Ids, trace state and name: any bytes will do.
        pos = next;
        continue;
      }
    }
    if (tag === 0x39 || tag === 0x41) {
      pos = (pos + 9) | 0;
      continue;
    }
    if (tag === 0x30 && length < 128) {
      pos = content;
      continue;
    }
    if (tag === 0x85 && length === 1) {
      // Flags, a fixed32.
      pos = (pos + 6) | 0;
      continue;
    }
    if (tag === 0x7a && (length === 0 || (length === 2 && bytes[content] === 0x18 && bytes[(content + 1) | 0] < 128))) {
      // A status of a code alone.
      pos = next;
      continue;
    }
    const after = fieldEnd(bytes, pos, end);
    if (after < 0) return -1;
    const code = checkMessage(bytes, SPAN, pos, after);
    if (code < 0) return code;
    pos = after;
  }
  return pos === end ? 0 : -1;
}

function fieldEnd(bytes: Uint8Array, at: number, end: number): number {
  const body = varintEnd(bytes, at, end);
  const tag = tagVarint(bytes, at, body);
  return tag < 0 ? -1 : skipField(bytes, tag, body, end);
}

/** Field 1 of both ResourceSpans and ScopeSpans is the message to look into (RESOURCE or SCOPE); their other fields have been checked by the scan. */
export function checkFields(bytes: Uint8Array, type: number, start: number, end: number): number {
  for (let pos = start; pos < end; ) {
    const content = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, content);
    const next = skipField(bytes, tag, content, end);
    if (tag === 0x0a) {
      const code = checkMessage(bytes, type, varintEnd(bytes, content, end), next);
      if (code < 0) return code;
    }
    pos = next;
  }
  return 0;
}

// Nearly all that is checked are attributes of this form: a key, then a value that is one text, number or boolean, each of under 128 bytes.
function isPlainAttribute(bytes: Uint8Array, at: number, end: number): boolean {
  const keyLength = bytes[at + 1];
  const second = (at + 2 + keyLength) | 0;
  const valueLength = bytes[second + 1];
  const value = (second + 2) | 0;
  if (bytes[at] !== 0x0a || bytes[second] !== 0x12 || (keyLength | valueLength) > 127 || value + valueLength !== end) return false;
  switch (bytes[value]) {
    case 0x0a:
      return bytes[value + 1] < 128 && value + 2 + bytes[value + 1] === end;
    case 0x10:
    case 0x18:
      return varintEnd(bytes, value + 1, end) === end;
    case 0x21:
      return value + 9 === end;
    default:
      return false;
  }
}
