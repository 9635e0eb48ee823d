import { contentStart, skipField, tagVarint, varintEnd, varintSize, writeVarint } from "../../otlp/varint.ts";
import type { RedactionKeys } from "./redactionKeys.ts";

/** The messages on the way to attributes, and by tag the fields that lead on. */
const REQUEST = 0;
const RESOURCE_SPANS = 1;
const RESOURCE = 2;
const SCOPE_SPANS = 3;
const SCOPE = 4;
const SPAN = 5;
const EVENT = 6;
const LINK = 7;
const KEY_VALUE = 8;
const ANY_VALUE = 9;
const ARRAY = 10;
const KEY_VALUES = 11;
const NOTHING = -1;

/** Length-delimited: field × 8 + 2. */
function childOf(message: number, tag: number): number {
  switch (message) {
    case REQUEST:
      return tag === 10 ? RESOURCE_SPANS : NOTHING;
    case RESOURCE_SPANS:
      return tag === 10 ? RESOURCE : tag === 18 ? SCOPE_SPANS : NOTHING;
    case SCOPE_SPANS:
      return tag === 10 ? SCOPE : tag === 18 ? SPAN : NOTHING;
    case SPAN:
      return tag === 74 ? KEY_VALUE : tag === 90 ? EVENT : tag === 106 ? LINK : NOTHING;
    case RESOURCE:
    case KEY_VALUES:
      return tag === 10 ? KEY_VALUE : NOTHING;
    case SCOPE:
    case EVENT:
      return tag === 26 ? KEY_VALUE : NOTHING;
    case LINK:
      return tag === 34 ? KEY_VALUE : NOTHING;
    case KEY_VALUE:
      return tag === VALUE_TAG ? ANY_VALUE : NOTHING;
    case ANY_VALUE:
      return tag === 42 ? ARRAY : tag === 50 ? KEY_VALUES : NOTHING;
    case ARRAY:
      return tag === 10 ? ANY_VALUE : NOTHING;
    default:
      return NOTHING;
  }
}

const KEY_TAG = 10;
const VALUE_TAG = 18;
/** A KeyValue's value with an AnyValue that is an empty string. */
const EMPTY_VALUE = Buffer.from([VALUE_TAG, 2, 10, 0]);

/** What it may come to: an attribute of seven bytes grows by two, and each length around it by one where it gets another digit. */
export const redactedSizeMax = (bytes: number) => bytes + (bytes >> 1) + 16;

/**
 * Writes the request in bytes[at, end), which has been checked all the way down, with an empty string for the value of every attribute that `keys` has: of resources, scopes,
 * spans, events and links, and inside of values. Everything else goes along byte for byte, but for the lengths around it. Returns the end in `out`, which needs room for
 * redactedSizeMax; −1 where the bytes are no request after all.
 */
export function redactRequest(bytes: Buffer, at: number, end: number, keys: RedactionKeys, out: Buffer, outAt: number): number {
  if (keys.isEmpty) return outAt + bytes.copy(out, outAt, at, end);
  return rewrite(REQUEST, bytes, at, end, keys, out, outAt);
}

function rewrite(message: number, bytes: Buffer, at: number, end: number, keys: RedactionKeys, out: Buffer, outAt: number): number {
  const isRedacted = message === KEY_VALUE && hasKey(bytes, at, end, keys);
  let hasValue = false;
  let pos = outAt;
  // Everything from here on that has not been written.
  let since = at;
  for (let field = at; field < end; ) {
    const body = varintEnd(bytes, field, end);
    const tag = tagVarint(bytes, field, body);
    const next = tag < 0 ? -1 : skipField(bytes, tag, body, end);
    if (next < 0) return -1;
    const child = childOf(message, tag);
    const content = child === NOTHING ? 0 : varintEnd(bytes, body, end);
    if (child !== NOTHING && isRedacted) {
      pos += bytes.copy(out, pos, since, field);
      since = next;
      if (!hasValue) pos += EMPTY_VALUE.copy(out, pos);
      hasValue = true;
    } else if (child !== NOTHING && !(isLookedAtFirst(child) && !hasAny(child, bytes, content, next, keys))) {
      pos += bytes.copy(out, pos, since, body);
      since = next;
      pos = rewriteChild(child, bytes, content, next, keys, out, pos);
      if (pos < 0) return -1;
    }
    field = next;
  }
  return pos + bytes.copy(out, pos, since, end);
}

/** Its length first, for which room is left as if it stayed as long as it was. */
function rewriteChild(child: number, bytes: Buffer, at: number, end: number, keys: RedactionKeys, out: Buffer, outAt: number): number {
  const room = varintSize(end - at);
  const written = rewrite(child, bytes, at, end, keys, out, outAt + room);
  if (written < 0) return -1;
  const length = written - outAt - room;
  const needed = varintSize(length);
  if (needed !== room) out.copyWithin(outAt + needed, outAt + room, written);
  writeVarint(out, outAt, length);
  return outAt + needed + length;
}

/** Most of these have nothing to redact and go along as a whole; looking first at every depth would look at the deepest again and again. */
function isLookedAtFirst(message: number): boolean {
  return message === SPAN || message === RESOURCE || message === SCOPE;
}

/** Also of what is no message: then rewriting finds out. */
function hasAny(message: number, bytes: Buffer, at: number, end: number, keys: RedactionKeys): boolean {
  if (message === KEY_VALUE && hasKey(bytes, at, end, keys)) return true;
  for (let field = at; field < end; ) {
    const body = varintEnd(bytes, field, end);
    const tag = tagVarint(bytes, field, body);
    const next = tag < 0 ? -1 : skipField(bytes, tag, body, end);
    if (next < 0) return true;
    const child = childOf(message, tag);
    if (child !== NOTHING && hasAny(child, bytes, varintEnd(bytes, body, end), next, keys)) return true;
    field = next;
  }
  return false;
}

/** The last of several keys counts, and it may come after the value. */
function hasKey(bytes: Buffer, at: number, end: number, keys: RedactionKeys): boolean {
  let found = false;
  for (let field = at; field < end; ) {
    const body = varintEnd(bytes, field, end);
    const tag = tagVarint(bytes, field, body);
    const next = tag < 0 ? -1 : skipField(bytes, tag, body, end);
    if (next < 0) return false;
    if (tag === KEY_TAG) found = keys.has(bytes, contentStart(bytes, field, next), next);
    field = next;
  }
  return found;
}
