import { contentStart, skipField, tagVarint, varintEnd } from "./varint.ts";

/** What people know a span by. */
export type SpanIdentity = { spanId: string; name: string };

const SERVICE_KEY = Buffer.from("service.name");

/** Id (hex) and name of the span field in [at, end), which has been checked. */
export function readSpanIdentity(bytes: Buffer, at: number, end: number, nameBytesMax: number): SpanIdentity {
  let spanId = "";
  let name = "";
  for (let pos = contentStart(bytes, at, end); pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x12) spanId = bytes.toString("hex", varintEnd(bytes, body, end), Math.min(next, body + 9));
    else if (tag === 0x2a) name = textUpTo(bytes, varintEnd(bytes, body, end), next, nameBytesMax);
    pos = next;
  }
  return { spanId, name };
}

/** `service.name` of the resource among the fields of a ResourceSpans in [at, end); empty where it has none. */
export function readServiceName(bytes: Buffer, at: number, end: number, bytesMax: number): string {
  let service = "";
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x0a) service = serviceOf(bytes, varintEnd(bytes, body, end), next, bytesMax, service);
    pos = next;
  }
  return service;
}

function serviceOf(bytes: Buffer, at: number, end: number, bytesMax: number, before: string): string {
  let service = before;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x0a) service = serviceAttribute(bytes, varintEnd(bytes, body, end), next, bytesMax) ?? service;
    pos = next;
  }
  return service;
}

/** The text of one KeyValue if its key is the one wanted. */
function serviceAttribute(bytes: Buffer, at: number, end: number, bytesMax: number): string | undefined {
  let isService = false;
  let textAt = 0;
  let textEnd = 0;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return undefined;
    const content = varintEnd(bytes, body, end);
    if (tag === 0x0a) isService = next - content === SERVICE_KEY.length && isServiceKey(bytes, content);
    // The value's only field is a text, as a service's name is; of anything else there is none to show.
    else if (tag === 0x12 && bytes[content] === 0x0a) {
      textAt = varintEnd(bytes, content + 1, next);
      textEnd = next;
    }
    pos = next;
  }
  return isService && textAt > 0 ? textUpTo(bytes, textAt, textEnd, bytesMax) : undefined;
}

function isServiceKey(bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < SERVICE_KEY.length; index++) if (bytes[at + index] !== SERVICE_KEY[index]) return false;
  return true;
}

/** Cut before a character that would not fit whole. */
function textUpTo(bytes: Buffer, from: number, to: number, bytesMax: number): string {
  let end = Math.min(to, from + bytesMax);
  while (end < to && end > from && (bytes[end] & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", from, end);
}
