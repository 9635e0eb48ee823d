import { rewriteTraceState, TRACE_STATE_LENGTH_MAX, writeTh } from "./traceStateBytes.ts";
import { contentStart, skipField, tagVarint, varintEnd, varintSize, writeVarint } from "./varint.ts";

/** What a span may grow by when it is sent on: a threshold, or a whole trace state, and longer lengths. */
export const SPAN_GROWTH_MAX = 32;
export const STATE_GROWTH_MAX = TRACE_STATE_LENGTH_MAX + 32;

const TRACE_STATE_TAG = 0x1a;
const scratch = Buffer.alloc(32);

/** The field that is appended to a kept span without a trace state: `ot=th:…`, for a threshold in halves. */
export function thresholdField(high: number, low: number): Buffer {
  scratch[0] = TRACE_STATE_TAG;
  scratch.write("ot=", 2, "latin1");
  const end = writeTh(scratch, 5, high, low);
  scratch[1] = end - 2;
  return Buffer.from(scratch.subarray(0, end));
}

/** Bytes of the span's field once `suffix` is appended to its content. */
export function suffixedSize(bytes: Uint8Array, at: number, end: number, suffix: Uint8Array): number {
  const size = end - contentStart(bytes, at, end) + suffix.length;
  return 1 + varintSize(size) + size;
}

/** Writes the span field in [at, end) with `suffix` appended to its content; returns where it ends. */
export function writeSuffixed(bytes: Buffer, at: number, end: number, suffix: Uint8Array, out: Buffer, outAt: number): number {
  const body = contentStart(bytes, at, end);
  out[outAt] = 0x12;
  let pos = writeVarint(out, outAt + 1, end - body + suffix.length);
  bytes.copy(out, pos, body, end);
  pos += end - body;
  for (let index = 0; index < suffix.length; index++) out[pos++] = suffix[index];
  return pos;
}

/**
 * Writes a span that has a trace state: every field but that one, then the trace state with its threshold raised to the given one where it is below.
 * `out` has to have room for STATE_GROWTH_MAX more than the span has; returns where it ends. (Spans with a trace state are few enough not to be hurried.)
 */
export function writeWithState(bytes: Buffer, at: number, end: number, high: number, low: number, out: Buffer, outAt: number): number {
  const body = contentStart(bytes, at, end);
  let others = 0;
  let stateAt = 0;
  let stateEnd = 0;
  for (let pos = body; pos < end; ) {
    const content = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, content);
    const next = skipField(bytes, tag, content, end);
    if (tag === TRACE_STATE_TAG) {
      stateAt = varintEnd(bytes, content, end);
      stateEnd = next;
    } else others += next - pos;
    pos = next;
  }
  const textEnd = rewriteTraceState(bytes, stateAt, stateEnd, high, low, state, 0);
  const size = others + 1 + varintSize(textEnd) + textEnd;
  out[outAt] = 0x12;
  let written = writeVarint(out, outAt + 1, size);
  for (let pos = body; pos < end; ) {
    const content = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, content);
    const next = skipField(bytes, tag, content, end);
    if (tag !== TRACE_STATE_TAG) written += bytes.copy(out, written, pos, next);
    pos = next;
  }
  out[written] = TRACE_STATE_TAG;
  written = writeVarint(out, written + 1, textEnd);
  return written + state.copy(out, written, 0, textEnd);
}

const state = Buffer.alloc(TRACE_STATE_LENGTH_MAX + 16);
