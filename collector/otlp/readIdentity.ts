import { contentStart, lengthVarint, skipField, tagVarint, varintEnd } from "./varint.ts";

/** What people know a span by: where its id (8 bytes; 0: it has none) and its name stand, as findSpanIdentity found them last. */
export const identity = { idAt: 0, nameAt: 0, nameEnd: 0 };
/** Where the service's name stands, as findServiceName found it last; empty where there is none. */
export const serviceName = { at: 0, end: 0 };

const SERVICE_KEY = Buffer.from("service.name");

/** Fills `identity` from the span field in [at, end), which has been checked. */
export function findSpanIdentity(bytes: Uint8Array, at: number, end: number): void {
  identity.idAt = 0;
  identity.nameAt = 0;
  identity.nameEnd = 0;
  for (let pos = contentStart(bytes, at, end); pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x12) {
      const content = varintEnd(bytes, body, end);
      identity.idAt = next - content === 8 ? content : 0;
    } else if (tag === 0x2a) {
      identity.nameAt = varintEnd(bytes, body, end);
      identity.nameEnd = next;
    }
    pos = next;
  }
}

/** Fills `serviceName` from the first `service.name` of the resource among the fields of a ResourceSpans in [at, end). */
export function findServiceName(bytes: Uint8Array, at: number, end: number): void {
  serviceName.at = 0;
  serviceName.end = 0;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x0a) {
      findInResource(bytes, varintEnd(bytes, body, end), next);
      if (serviceName.at !== 0) return;
    }
    pos = next;
  }
}

function findInResource(bytes: Uint8Array, at: number, end: number): void {
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x0a) {
      findInAttribute(bytes, varintEnd(bytes, body, end), next);
      if (serviceName.at !== 0) return;
    }
    pos = next;
  }
}

/** The text of one KeyValue if its key is the one wanted. */
function findInAttribute(bytes: Uint8Array, at: number, end: number): void {
  if (isPlainlyAnother(bytes, at, end)) return;
  let isService = false;
  let textAt = 0;
  let textEnd = 0;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return;
    const content = varintEnd(bytes, body, end);
    if (tag === 0x0a) isService = next - content === SERVICE_KEY.length && isServiceKey(bytes, content);
    // The value's only field is a text, as a service's name is; of anything else there is none to show.
    else if (tag === 0x12 && content < next && bytes[content] === 0x0a) {
      const text = varintEnd(bytes, content + 1, next);
      textAt = lengthVarint(bytes, content + 1, text) === next - text ? text : 0;
      textEnd = next;
    }
    pos = next;
  }
  if (!isService || textAt === 0) return;
  serviceName.at = textAt;
  serviceName.end = textEnd;
}

/** As nearly all write it, the key and then the value, both of under 128 bytes; and the key has another length than the one wanted. */
function isPlainlyAnother(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 4) return false;
  const keyLength = bytes[at + 1];
  const value = at + 2 + keyLength;
  if (bytes[at] !== 0x0a || keyLength > 127 || keyLength === SERVICE_KEY.length || value + 2 > end) return false;
  return bytes[value] === 0x12 && bytes[value + 1] < 128 && value + 2 + bytes[value + 1] === end;
}

function isServiceKey(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < SERVICE_KEY.length; index++) if (bytes[at + index] !== SERVICE_KEY[index]) return false;
  return true;
}
