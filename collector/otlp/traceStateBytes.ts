/**
 * The `ot` member of W3C tracestate over bytes: `ot=th:c;rv:00112233445566;…` (OpenTelemetry TraceState handling). 56-bit numbers are two ints,
 * the upper 24 and the lower 32 bits. domain/sampling/traceState.ts says the same over text; a property test holds the two together.
 */
export const TRACE_STATE_LENGTH_MAX = 512;
const MEMBERS_MAX = 32;
const OT_VALUE_MAX = 256;
const LONG_MEMBER = 128;

const COMMA = 0x2c;
const SEMICOLON = 0x3b;

/** What readTraceState found; reused, because nothing may be allocated per span. */
export const found = { threshold: false, thresholdHigh: 0, thresholdLow: 0, randomness: false, randomnessHigh: 0, randomnessLow: 0, otStart: 0, otEnd: 0 };

let hexHigh = 0;
let hexLow = 0;
const memberStart = new Int32Array(MEMBERS_MAX);
const memberEnd = new Int32Array(MEMBERS_MAX);

/** Reads the first `ot` member of the tracestate in [at, end) into `found`. What is not valid counts as absent. */
export function readTraceState(bytes: Uint8Array, at: number, end: number): void {
  found.threshold = false;
  found.randomness = false;
  found.otStart = 0;
  found.otEnd = 0;
  for (let pos = at; pos < end; ) {
    const next = separatorAt(bytes, pos, end, COMMA);
    const from = trimStart(bytes, pos, next);
    if (isOt(bytes, from, next)) {
      const end = trimEnd(bytes, from + 3, next);
      // A longer one is no valid one.
      if (end - from - 3 > OT_VALUE_MAX) return;
      found.otStart = from + 3;
      found.otEnd = end;
      readSubKeys(bytes, found.otStart, found.otEnd);
      return;
    }
    pos = next + 1;
  }
}

/** Writes the tracestate in [at, end) with `th` raised to the given threshold to `out`, `ot` first; returns where it ends, at most TRACE_STATE_LENGTH_MAX further. */
export function rewriteTraceState(
  bytes: Uint8Array,
  at: number,
  end: number,
  thresholdHigh: number,
  thresholdLow: number,
  out: Uint8Array,
  outAt: number,
): number {
  readTraceState(bytes, at, end);
  const incoming = found.threshold && isAbove(found.thresholdHigh, found.thresholdLow, thresholdHigh, thresholdLow);
  let pos = outAt;
  out[pos++] = 0x6f;
  out[pos++] = 0x74;
  out[pos++] = 0x3d;
  const value = pos;
  pos = incoming ? writeTh(out, pos, found.thresholdHigh, found.thresholdLow) : writeTh(out, pos, thresholdHigh, thresholdLow);
  pos = copyOtherSubKeys(bytes, out, pos, value);
  return copyOtherMembers(bytes, at, end, out, pos, outAt);
}

/** Writes `th:` and the digits without trailing zeros. */
export function writeTh(out: Uint8Array, at: number, high: number, low: number): number {
  out[at] = 0x74;
  out[at + 1] = 0x68;
  out[at + 2] = 0x3a;
  let last = at + 3;
  for (let digit = 0; digit < 14; digit++) {
    const value = digit < 6 ? (high >>> (20 - digit * 4)) & 15 : (low >>> (52 - digit * 4)) & 15;
    out[at + 3 + digit] = value < 10 ? 0x30 + value : 0x57 + value;
    if (value !== 0) last = at + 3 + digit;
  }
  return last + 1;
}

/** a > b, both unsigned 56-bit. */
export function isAbove(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh > bHigh || (aHigh === bHigh && aLow >>> 0 > bLow >>> 0);
}

function readSubKeys(bytes: Uint8Array, at: number, end: number): void {
  let seenTh = false;
  let seenRv = false;
  for (let pos = at; pos < end; ) {
    const next = separatorAt(bytes, pos, end, SEMICOLON);
    if (!seenTh && isTh(bytes, pos, next)) {
      seenTh = true;
      found.threshold = parseHex(bytes, pos + 3, next, 1);
      found.thresholdHigh = hexHigh;
      found.thresholdLow = hexLow;
    } else if (!seenRv && isRv(bytes, pos, next)) {
      seenRv = true;
      found.randomness = parseHex(bytes, pos + 3, next, 14);
      found.randomnessHigh = hexHigh;
      found.randomnessLow = hexLow;
    }
    pos = next + 1;
  }
}

// A valid randomness first, which must not be lost, then the others in their order, as long as the value stays within 256 characters. What is no
// `key:value`, or has a key that was there before, goes: one such makes the whole member unreadable to strict readers, our `th` included.
function copyOtherSubKeys(bytes: Uint8Array, out: Uint8Array, at: number, valueStart: number): number {
  let pos = at;
  for (let round = 0; round < 2; round++) {
    for (let from = found.otStart; from < found.otEnd; ) {
      const next = separatorAt(bytes, from, found.otEnd, SEMICOLON);
      const keyEnd = subKeyEnd(bytes, from, next);
      const isRandomness = isRv(bytes, from, next);
      const wanted = keyEnd > 0 && isRandomness === (round === 0) && (!isRandomness || found.randomness) && !isTh(bytes, from, next);
      if (wanted && pos - valueStart + 1 + next - from <= OT_VALUE_MAX && isFirstOfItsKey(bytes, from, keyEnd)) {
        out[pos++] = SEMICOLON;
        pos = copy(bytes, from, next, out, pos);
      }
      from = next + 1;
    }
  }
  return pos;
}

/** Where the colon of a well-formed sub-key stands (a lower-case letter, then letters and digits; a value of letters, digits, `.`, `_` and `-`); −1 else. */
function subKeyEnd(bytes: Uint8Array, at: number, end: number): number {
  let colon = at;
  while (colon < end && (isLower(bytes[colon]) || (colon > at && isDigit(bytes[colon])))) colon++;
  if (colon === at || colon >= end || bytes[colon] !== 0x3a) return -1;
  for (let pos = colon + 1; pos < end; pos++) {
    const byte = bytes[pos];
    const isWord = isLower(byte) || isDigit(byte) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x2e || byte === 0x5f;
    if (!isWord) return -1;
  }
  return colon;
}

function isFirstOfItsKey(bytes: Uint8Array, at: number, keyEnd: number): boolean {
  for (let from = found.otStart; from < at; ) {
    const next = separatorAt(bytes, from, at, SEMICOLON);
    const end = subKeyEnd(bytes, from, next);
    if (end - from === keyEnd - at && sameKey(bytes, from, at, keyEnd - at)) return false;
    from = next + 1;
  }
  return true;
}

function sameKey(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false;
  return true;
}

function isLower(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

// At most 32 members and 512 characters (W3C Trace Context, 3.3.1.5): members above 128 characters go first, then those at the end.
function copyOtherMembers(bytes: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number, outStart: number): number {
  let members = 0;
  let length = outAt - outStart;
  for (let pos = at; pos < end && members < MEMBERS_MAX - 1; ) {
    const next = separatorAt(bytes, pos, end, COMMA);
    const from = trimStart(bytes, pos, next);
    const to = trimEnd(bytes, from, next);
    if (to > from && !isOt(bytes, from, next)) {
      memberStart[members] = from;
      memberEnd[members] = to;
      members++;
      length += 1 + to - from;
    }
    pos = next + 1;
  }
  for (let index = members - 1; index >= 0 && length > TRACE_STATE_LENGTH_MAX; index--) {
    if (memberEnd[index] - memberStart[index] > LONG_MEMBER) length -= drop(index);
  }
  for (let index = members - 1; index >= 0 && length > TRACE_STATE_LENGTH_MAX; index--) length -= drop(index);
  let pos = outAt;
  for (let index = 0; index < members; index++) {
    if (memberEnd[index] === memberStart[index]) continue;
    out[pos++] = COMMA;
    pos = copy(bytes, memberStart[index], memberEnd[index], out, pos);
  }
  return pos;
}

function drop(index: number): number {
  const length = memberEnd[index] - memberStart[index];
  memberEnd[index] = memberStart[index];
  return length === 0 ? 0 : length + 1;
}

function separatorAt(bytes: Uint8Array, at: number, end: number, separator: number): number {
  let pos = at;
  while (pos < end && bytes[pos] !== separator) pos++;
  return pos;
}

function trimStart(bytes: Uint8Array, at: number, end: number): number {
  let pos = at;
  while (pos < end && (bytes[pos] === 0x20 || bytes[pos] === 0x09)) pos++;
  return pos;
}

function trimEnd(bytes: Uint8Array, at: number, end: number): number {
  let pos = end;
  while (pos > at && (bytes[pos - 1] === 0x20 || bytes[pos - 1] === 0x09)) pos--;
  return pos;
}

function isOt(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at >= 3 && bytes[at] === 0x6f && bytes[at + 1] === 0x74 && bytes[at + 2] === 0x3d;
}

function isTh(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at >= 3 && bytes[at] === 0x74 && bytes[at + 1] === 0x68 && bytes[at + 2] === 0x3a;
}

function isRv(bytes: Uint8Array, at: number, end: number): boolean {
  return end - at >= 3 && bytes[at] === 0x72 && bytes[at + 1] === 0x76 && bytes[at + 2] === 0x3a;
}

// Up to 14 lower-case hex digits as the upper digits of a 56-bit number.
function parseHex(bytes: Uint8Array, at: number, end: number, digitsMin: number): boolean {
  hexHigh = 0;
  hexLow = 0;
  const digits = end - at;
  if (digits < digitsMin || digits > 14) return false;
  for (let digit = 0; digit < digits; digit++) {
    const byte = bytes[at + digit];
    const value = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
    if (value < 0) return false;
    if (digit < 6) hexHigh |= value << (20 - digit * 4);
    else hexLow |= value << (52 - digit * 4);
  }
  return true;
}

function copy(bytes: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number): number {
  let pos = outAt;
  for (let from = at; from < end; from++) out[pos++] = bytes[from];
  return pos;
}
