import { lengthVarint, skipField, tagVarint, varintEnd } from "./varint.ts";

/** The messages of OTLP traces that are looked into before they are sent on. */
export const SPAN = 0;
export const RESOURCE = 1;
export const SCOPE = 2;
const EVENT = 3;
const LINK = 4;
const KEY_VALUE = 5;
const ANY_VALUE = 6;
const ARRAY_VALUE = 7;
const KEY_VALUE_LIST = 8;
const STATUS = 9;
const ENTITY_REF = 10;

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
    const inner = innerType(type, tag >>> 3);
    if (inner >= 0) {
      const code = checkMessage(bytes, inner, content, content + length, depth + 1);
      if (code < 0) return code;
    }
    pos = content + length;
  }
  return pos === end ? 0 : -1;
}

function innerType(type: number, field: number): number {
  switch (type) {
    case SPAN:
      return field === 9 ? KEY_VALUE : field === 11 ? EVENT : field === 13 ? LINK : field === 15 ? STATUS : -1;
    case RESOURCE:
      return field === 1 ? KEY_VALUE : field === 3 ? ENTITY_REF : -1;
    case SCOPE:
      return field === 3 ? KEY_VALUE : -1;
    case EVENT:
      return field === 3 ? KEY_VALUE : -1;
    case LINK:
      return field === 4 ? KEY_VALUE : -1;
    case KEY_VALUE:
      return field === 2 ? ANY_VALUE : -1;
    case ANY_VALUE:
      return field === 5 ? ARRAY_VALUE : field === 6 ? KEY_VALUE_LIST : -1;
    case ARRAY_VALUE:
      return field === 1 ? ANY_VALUE : -1;
    case KEY_VALUE_LIST:
      return field === 1 ? KEY_VALUE : -1;
    default:
      return -1;
  }
}
