import { ANY_VALUE, checkMessage, isPlainAttribute, KEY_VALUE, RESOURCE, SCOPE } from "./checkMessage.ts";
import { isUtf8 } from "./utf8.ts";
import { lengthVarint, skipField, skipGroup, tagVarint, varintEnd } from "./varint.ts";

/** Protobuf messages of opentelemetry/proto/metrics/v1 and logs/v1, with what they hold. */
export const METRICS_REQUEST = 0;
export const LOGS_REQUEST = 1;
const RESOURCE_METRICS = 2;
const SCOPE_METRICS = 3;
const METRIC = 4;
/** Gauge, Sum, Histogram, ExponentialHistogram and Summary differ in their points alone. */
const GAUGE_OR_SUM = 5;
const HISTOGRAM = 6;
const EXPONENTIAL = 7;
const SUMMARY = 8;
const NUMBER_POINT = 9;
const HISTOGRAM_POINT = 10;
const EXPONENTIAL_POINT = 11;
const SUMMARY_POINT = 12;
const QUANTILE = 13;
const BUCKETS = 14;
const EXEMPLAR = 15;
const RESOURCE_LOGS = 16;
const SCOPE_LOGS = 17;
const LOG_RECORD = 18;
const TYPES = 19;

/** What a field holds beyond its wire type: another message of these, or of those that traces have too (COMMON + its number there). */
const COMMON = 64;
/** Or text, which has to be UTF-8 (proto3), or ids of 16 and of 8 bytes, which may be empty. */
const TEXT = 252;
const TRACE_ID = 253;
const SPAN_ID = 254;
const PLAIN = 255;

/** How a field is written; UNKNOWN: the field is none of the message's. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP = 3;
const FIXED32 = 5;
const PACKED_FIXED64 = 6;
const PACKED_VARINT = 7;
const UNKNOWN = 255;

const FIELDS = 16;
const INNER = new Uint8Array(TYPES * FIELDS).fill(PLAIN);
const WIRE = new Uint8Array(TYPES * FIELDS).fill(UNKNOWN);

function message(type: number, inner: Record<number, number>, plain: Record<number, number> = {}): void {
  for (const [field, held] of Object.entries(inner)) {
    INNER[type * FIELDS + Number(field)] = held;
    WIRE[type * FIELDS + Number(field)] = BYTES;
  }
  for (const [field, wire] of Object.entries(plain)) WIRE[type * FIELDS + Number(field)] = wire;
}

const ATTRIBUTE = COMMON + KEY_VALUE;
message(METRICS_REQUEST, { 1: RESOURCE_METRICS });
message(RESOURCE_METRICS, { 1: COMMON + RESOURCE, 2: SCOPE_METRICS, 3: TEXT });
message(SCOPE_METRICS, { 1: COMMON + SCOPE, 2: METRIC, 3: TEXT });
message(METRIC, { 1: TEXT, 2: TEXT, 3: TEXT, 5: GAUGE_OR_SUM, 7: GAUGE_OR_SUM, 9: HISTOGRAM, 10: EXPONENTIAL, 11: SUMMARY, 12: ATTRIBUTE });
message(GAUGE_OR_SUM, { 1: NUMBER_POINT }, { 2: VARINT, 3: VARINT });
message(HISTOGRAM, { 1: HISTOGRAM_POINT }, { 2: VARINT });
message(EXPONENTIAL, { 1: EXPONENTIAL_POINT }, { 2: VARINT });
message(SUMMARY, { 1: SUMMARY_POINT });
message(NUMBER_POINT, { 5: EXEMPLAR, 7: ATTRIBUTE }, { 2: FIXED64, 3: FIXED64, 4: FIXED64, 6: FIXED64, 8: VARINT });
message(
  HISTOGRAM_POINT,
  { 8: EXEMPLAR, 9: ATTRIBUTE },
  { 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: FIXED64, 6: PACKED_FIXED64, 7: PACKED_FIXED64, 10: VARINT, 11: FIXED64, 12: FIXED64 },
);
message(
  EXPONENTIAL_POINT,
  { 1: ATTRIBUTE, 8: BUCKETS, 9: BUCKETS, 11: EXEMPLAR },
  { 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: FIXED64, 6: VARINT, 7: FIXED64, 10: VARINT, 12: FIXED64, 13: FIXED64, 14: FIXED64 },
);
message(BUCKETS, {}, { 1: VARINT, 2: PACKED_VARINT });
message(SUMMARY_POINT, { 6: QUANTILE, 7: ATTRIBUTE }, { 2: FIXED64, 3: FIXED64, 4: FIXED64, 5: FIXED64, 8: VARINT });
message(QUANTILE, {}, { 1: FIXED64, 2: FIXED64 });
message(EXEMPLAR, { 4: SPAN_ID, 5: TRACE_ID, 7: ATTRIBUTE }, { 2: FIXED64, 3: FIXED64, 6: FIXED64 });
message(LOGS_REQUEST, { 1: RESOURCE_LOGS });
message(RESOURCE_LOGS, { 1: COMMON + RESOURCE, 2: SCOPE_LOGS, 3: TEXT });
message(SCOPE_LOGS, { 1: COMMON + SCOPE, 2: LOG_RECORD, 3: TEXT });
message(
  LOG_RECORD,
  { 3: TEXT, 5: COMMON + ANY_VALUE, 6: ATTRIBUTE, 9: TRACE_ID, 10: SPAN_ID, 12: TEXT },
  { 1: FIXED64, 2: VARINT, 7: VARINT, 8: FIXED32, 11: FIXED64 },
);

/** Messages of which each one counts. */
const IS_ITEM = new Uint8Array(TYPES);
for (const type of [NUMBER_POINT, HISTOGRAM_POINT, EXPONENTIAL_POINT, SUMMARY_POINT, LOG_RECORD]) IS_ITEM[type] = 1;

/** Messages that a span stands in, by which the depth of attributes is counted where traces have them. */
const DEPTH_OF_SPAN = 3;

/**
 * How many data points or log records the request in [start, end) holds, or −1: not well formed, −2: nested too deep. It is read all the way down, as it is sent on together with
 * other clients' requests and must not spoil theirs: each length against its parent, known fields in the wire type that they have, texts that are UTF-8. Fields that OTLP has not got yet
 * pass; of a metric, one that may be a kind of data to come counts as a point.
 */
export function scanSignal(bytes: Uint8Array, request: typeof METRICS_REQUEST | typeof LOGS_REQUEST, start: number, end: number): number {
  return scan(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), request, start, end, 0);
}

/** Recursion is bounded: none of these messages holds itself. */
function scan(bytes: Uint8Array, view: DataView, type: number, start: number, end: number, depth: number): number {
  let items = IS_ITEM[type];
  let pos = start;
  while (pos < end) {
    let tag = bytes[pos];
    let body = pos + 1;
    if (tag > 127) {
      body = varintEnd(bytes, pos, end);
      tag = tagVarint(bytes, pos, body);
    }
    if (tag < 8) return -1;
    let content = body;
    let next: number;
    if ((tag & 7) === BYTES) {
      let length = bytes[body];
      content = body + 1;
      if (length > 127) {
        content = varintEnd(bytes, body, end);
        length = lengthVarint(bytes, body, content);
      }
      if (length >>> 0 > end - content) return -1;
      next = content + length;
    } else next = (tag & 7) === GROUP ? skipGroup(bytes, tag >>> 3, body, end, Math.max(1, depth + 1 - DEPTH_OF_SPAN)) : skipField(bytes, tag, body, end);
    if (next < 0) return -1;
    pos = next;
    const slot = tag < FIELDS << 3 ? type * FIELDS + (tag >>> 3) : -1;
    const wire = slot < 0 ? UNKNOWN : WIRE[slot];
    if (wire === UNKNOWN) {
      if (type === METRIC && (tag & 7) === BYTES) items++;
      continue;
    }
    if (wire !== (tag & 7)) {
      if (!isPacked(bytes, wire, tag & 7, content, next)) return -1;
      continue;
    }
    const inner = INNER[slot];
    if (inner === PLAIN) continue;
    if (inner >= TEXT) {
      if (inner === TEXT ? !isUtf8(view, content, next) : next > content && next - content !== (inner === TRACE_ID ? 16 : 8)) return -1;
      continue;
    }
    if (inner === ATTRIBUTE && isPlainAttribute(bytes, view, content, next)) continue;
    const found =
      inner < COMMON ? scan(bytes, view, inner, content, next, depth + 1) : checkMessage(bytes, view, inner - COMMON, content, next, depth + 1 - DEPTH_OF_SPAN);
    if (found < 0) return found;
    items += found;
  }
  return items;
}

/** A list of numbers, together as protobuf 3 writes them or one by one (Protocol Buffers, "Packed Repeated Fields"). */
function isPacked(bytes: Uint8Array, wire: number, given: number, content: number, next: number): boolean {
  if (wire !== PACKED_FIXED64 && wire !== PACKED_VARINT) return false;
  if (given !== BYTES) return given === (wire === PACKED_FIXED64 ? FIXED64 : VARINT);
  if (wire === PACKED_FIXED64) return (next - content) % 8 === 0;
  let at = content;
  while (at >= 0 && at < next) at = varintEnd(bytes, at, next);
  return at === next;
}
