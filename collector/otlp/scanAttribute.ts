import { type KeySet, type KeyTests, setAll, testNumber } from "./keyTests.ts";
import { lengthVarint, skipField, tagVarint, varint32, varint32High, varintEnd } from "./varint.ts";

const NONE = 0;
const TEXT = 1;
const NUMBER = 2;
const FLAG = 3;
const OTHER = 4;

// The value read last. Kept here because a merged AnyValue is read piece by piece and nothing may be allocated.
let kind = NONE;
let from = 0;
let to = 0;
let number = 0;
const scratch = new DataView(new ArrayBuffer(8));

/** One KeyValue in [at, end) in any encoding protobuf allows: fields in any order and repeated. False when it is malformed. */
export function scanAttribute(bytes: Buffer, at: number, end: number, keys: KeySet, bits: Int32Array): boolean {
  let keyAt = at;
  let keyEnd = at;
  let values = 0;
  let valueAt = 0;
  let valueEnd = 0;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return false;
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return false;
    if (tag === 0x0a) {
      keyAt = varintEnd(bytes, body, end);
      keyEnd = next;
    } else if (tag === 0x12) {
      values++;
      valueAt = varintEnd(bytes, body, end);
      valueEnd = next;
    }
    pos = next;
  }
  const tests = keys.find(bytes, keyAt, keyEnd - keyAt);
  if (tests === undefined) return true;
  if (values <= 1) return testValue(bytes, valueAt, valueEnd, tests, bits);
  kind = NONE;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (tag === 0x12 && !readValue(bytes, varintEnd(bytes, body, end), next)) return false;
    pos = next;
  }
  apply(bytes, tests, bits);
  return true;
}

/** Applies `tests` to the AnyValue in [at, end); false when it is malformed. */
export function testValue(bytes: Buffer, at: number, end: number, tests: KeyTests, bits: Int32Array): boolean {
  // One short text, as nearly all values are.
  if (bytes[at] === 0x0a && bytes[at + 1] < 128 && at + 2 + bytes[at + 1] === end) {
    setAll(bits, tests.exists);
    tests.text.match(bytes, at + 2, end, bits);
    return true;
  }
  kind = NONE;
  if (!readValue(bytes, at, end)) return false;
  apply(bytes, tests, bits);
  return true;
}

function apply(bytes: Buffer, tests: KeyTests, bits: Int32Array): void {
  setAll(bits, tests.exists);
  if (kind === TEXT) tests.text.match(bytes, from, to, bits);
  else if (kind === NUMBER) testNumber(tests, number, bits);
  else if (kind === FLAG) setAll(bits, number === 0 ? tests.whenFalse : tests.whenTrue);
  else setAll(bits, tests.anyOther);
}

// The last member of the oneof that occurs is its value; unknown fields leave it as it is.
function readValue(bytes: Uint8Array, at: number, end: number): boolean {
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return false;
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return false;
    switch (tag) {
      case 0x0a:
        kind = TEXT;
        from = next - lengthVarint(bytes, body, varintEnd(bytes, body, end));
        to = next;
        break;
      case 0x10:
        kind = FLAG;
        number = varint32(bytes, body, next) | varint32High(bytes, body, next);
        break;
      case 0x18:
        kind = NUMBER;
        number = varint32High(bytes, body, next) * 4294967296 + (varint32(bytes, body, next) >>> 0);
        break;
      case 0x21:
        kind = NUMBER;
        for (let index = 0; index < 8; index++) scratch.setUint8(index, bytes[body + index]);
        number = scratch.getFloat64(0, true);
        break;
      case 0x2a:
      case 0x32:
      case 0x3a:
        kind = OTHER;
        break;
    }
    pos = next;
  }
  return true;
}
