// Longer than most: the hot loop is one function, because every call in it and every value handed over shows in bench/scan.ts.
import { checkSpan } from "./checkMessage.ts";
import { scanAttribute, testValue } from "./scanAttribute.ts";
import { HAS_STATE, KEPT, type SpanTable } from "./spanTable.ts";
import { traceIdHash } from "./traceIdHash.ts";
import { found, readTraceState } from "./traceStateBytes.ts";
import { contentStart, lengthVarint, skipField, tagVarint, varint32, varintEnd } from "./varint.ts";
import type { WireMatcher } from "./wireMatcher.ts";

/** ≥ 0: spans found; negative: why the request as a whole is refused. */
export type ScanResult = number;
export const SCAN_MALFORMED = -1;
export const SCAN_TOO_DEEP = -2;
export const SCAN_TOO_MANY = -3;

export type CompiledMatcherLike = WireMatcher;

const TRACE_ID_BYTES = 16;
/** Attributes set aside per span before they are tested; when there are more, they are tested in between. */
const HITS_MAX = 64;
const hitStart = new Int32Array(HITS_MAX + 1);
/** Flips the sign bit, so that signed comparisons order numbers as unsigned ones. */
const FLIP = -2147483648;

/**
 * Reads the ExportTraceServiceRequest in [start, end) once: where its spans lie, which tier each belongs to, and whether it is kept. Every length is
 * checked against what encloses it; nothing is decoded, nothing allocated per span, nothing thrown. Fields may come in any order and repeatedly.
 */
export function scanTraces(bytes: Buffer, start: number, end: number, table: SpanTable, matcher: CompiledMatcherLike): ScanResult {
  table.clear();
  if (table.forTraces) table.useWords(matcher.words);
  if (end > bytes.length) return SCAN_MALFORMED;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return SCAN_MALFORMED;
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return SCAN_MALFORMED;
    if (tag === 0x0a) {
      const code = scanResourceSpans(bytes, view, varintEnd(bytes, body, end), next, table, matcher);
      if (code < 0) return code;
    }
    pos = next;
  }
  table.scopeSpan[table.scopes] = table.spans;
  table.resourceScope[table.resources] = table.scopes;
  return table.spans;
}

// Two walks over the few fields of a ResourceSpans: the resource may come after the spans that it qualifies.
function scanResourceSpans(bytes: Buffer, view: DataView, start: number, end: number, table: SpanTable, matcher: WireMatcher): number {
  matcher.resourceBits.fill(0);
  const wantsResource = matcher.resourceKeys.size > 0;
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return SCAN_MALFORMED;
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return SCAN_MALFORMED;
    if (tag === 0x0a && wantsResource && !scanResource(bytes, varintEnd(bytes, body, end), next, matcher)) return SCAN_MALFORMED;
    pos = next;
  }
  if (table.resources === table.resourceBody.length && !table.growResources()) return SCAN_TOO_MANY;
  const resource = table.resources++;
  table.resourceBody[resource] = start;
  table.resourceEnd[resource] = end;
  table.resourceScope[resource] = table.scopes;
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (tag === 0x12) {
      if (table.scopes === table.scopeBody.length && !table.growScopes()) return SCAN_TOO_MANY;
      const scope = table.scopes++;
      const scopeBody = varintEnd(bytes, body, end);
      table.scopeStart[scope] = pos;
      table.scopeBody[scope] = scopeBody;
      table.scopeEnd[scope] = next;
      table.scopeSpan[scope] = table.spans;
      const code = scanScopeSpans(bytes, view, scopeBody, next, table, matcher);
      if (code < 0) return code;
    }
    pos = next;
  }
  return 0;
}

function scanResource(bytes: Buffer, start: number, end: number, matcher: WireMatcher): boolean {
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return false;
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return false;
    if (tag === 0x0a && !scanAttribute(bytes, varintEnd(bytes, body, end), next, matcher.resourceKeys, matcher.resourceBits)) return false;
    pos = next;
  }
  return true;
}

/**
 * The hot loop, measured by bench/scan.ts. Varints of one and two bytes are read inline; positions go through `| 0`, which keeps them 32-bit integers in
 * machine code; little is kept in locals, because there are few registers: of times and ids only where they stand.
 */
function scanScopeSpans(bytes: Buffer, view: DataView, start: number, end: number, table: SpanTable, matcher: WireMatcher): number {
  const { bits, resourceBits, words, spanKeys, statusBits, kindBits, latencyHigh, latencyLowFlipped, latencyBit, name, thresholdHigh, thresholdLowFlipped } =
    matcher;
  const { extraTiers } = matcher;
  const lookUp = matcher.table;
  const { lengths0, lengths1 } = spanKeys;
  const wantsAttributes = spanKeys.size > 0;
  const wantsName = !name.isEmpty;
  const { tierSpans, tierBytes, forTraces, isChecked } = table;
  const hasSameSpan = matcher.sameSpan.length > 0;
  const { hashesIds } = table;
  let { start: starts, end: ends, verdict: verdicts, idAt: ids, idHash: hashes } = table;
  let capacity = starts.length;
  let span = table.spans;
  let pos = start | 0;
  while (pos < end) {
    const spanStart = pos;
    let tag = bytes[pos] | 0;
    pos = (pos + 1) | 0;
    if (tag !== 0x12) {
      const next = varintEnd(bytes, spanStart, end);
      tag = tagVarint(bytes, spanStart, next);
      if (tag < 0) return SCAN_MALFORMED;
      if (tag !== 0x12) {
        pos = skipField(bytes, tag, next, end);
        if (pos < 0) return SCAN_MALFORMED;
        continue;
      }
      pos = next;
    }
    let length = bytes[pos] | 0;
    pos = (pos + 1) | 0;
    if (length > 127) {
      const second = bytes[pos] | 0;
      if (second < 128) {
        length = (length & 127) | (second << 7);
        pos = (pos + 1) | 0;
      } else {
        const next = varintEnd(bytes, pos - 1, end);
        length = lengthVarint(bytes, pos - 1, next);
        pos = next;
      }
    }
    if (length < 0 || length > ((end - pos) | 0)) return SCAN_MALFORMED;
    const spanEnd = (pos + length) | 0;
    if (span === capacity) {
      table.spans = span;
      if (!table.growSpans()) return SCAN_TOO_MANY;
      ({ start: starts, end: ends, verdict: verdicts, idAt: ids, idHash: hashes } = table);
      capacity = starts.length;
    }
    for (let word = 0; word < words; word++) bits[word] = resourceBits[word];

    let nameStart = 0;
    let nameEnd = 0;
    // Where the values stand; 0: not there.
    let startAt = 0;
    let endAt = 0;
    let idAt = 0;
    let parentAt = 0;
    let kind = 0;
    let status = 0;
    let states = 0;
    let hits = 0;
    while (pos < spanEnd) {
      const fieldStart = pos;
      tag = bytes[pos] | 0;
      pos = (pos + 1) | 0;
      if (tag > 127) {
        const second = bytes[pos] | 0;
        if (second < 128) {
          tag = (tag & 127) | (second << 7);
          pos = (pos + 1) | 0;
        } else {
          const next = varintEnd(bytes, fieldStart, spanEnd);
          tag = tagVarint(bytes, fieldStart, next);
          if (tag < 0) return SCAN_MALFORMED;
          pos = next | 0;
        }
      }
      switch (tag) {
        case 0x4a:
          // Attributes come in a row: they stay in here until something else comes.
          do {
            length = bytes[pos] | 0;
            pos = (pos + 1) | 0;
            if (length > 127) {
              const next = varintEnd(bytes, pos - 1, spanEnd);
              length = lengthVarint(bytes, pos - 1, next);
              pos = next | 0;
            }
            if (length < 0 || length > ((spanEnd - pos) | 0)) return SCAN_MALFORMED;
            const attributeEnd = (pos + length) | 0;
            if (wantsAttributes) {
              // The two orders that encoders write, each in one piece of under 128 bytes; everything else goes the general way.
              const first = bytes[pos] | 0;
              const firstLength = bytes[(pos + 1) | 0] | 0;
              const second = (pos + 2 + firstLength) | 0;
              const secondLength = bytes[(second + 1) | 0] | 0;
              if (first === 0x0a && (firstLength | secondLength) < 128 && ((second + 2 + secondLength) | 0) === attributeEnd && bytes[second] === 0x12) {
                // Written always and counted only if asked for: a branch here would be guessed wrongly once or twice a span.
                hitStart[hits] = pos;
                hits = (hits + (((firstLength < 32 ? lengths0 : lengths1) >>> (firstLength & 31)) & 1)) | 0;
                if (hits === HITS_MAX) {
                  if (!testHits(bytes, hits, matcher)) return SCAN_MALFORMED;
                  hits = 0;
                }
              } else if (first === 0x12 && (firstLength | secondLength) < 128 && ((second + 2 + secondLength) | 0) === attributeEnd && bytes[second] === 0x0a) {
                hitStart[hits] = pos;
                hits = (hits + (((secondLength < 32 ? lengths0 : lengths1) >>> (secondLength & 31)) & 1)) | 0;
                if (hits === HITS_MAX) {
                  if (!testHits(bytes, hits, matcher)) return SCAN_MALFORMED;
                  hits = 0;
                }
              } else if (!scanAttribute(bytes, pos, attributeEnd, spanKeys, bits)) return SCAN_MALFORMED;
            }
            pos = (attributeEnd + 1) | 0;
          } while (pos < spanEnd && bytes[(pos - 1) | 0] === 0x4a);
          pos = (pos - 1) | 0;
          break;
        case 0x0a:
          if (bytes[pos] === TRACE_ID_BYTES) {
            if (((spanEnd - pos) | 0) < 17) return SCAN_MALFORMED;
            idAt = (pos + 1) | 0;
            pos = (pos + 17) | 0;
          } else {
            // Overlong lengths are fine; a trace id of any other size is not, except an empty one.
            const next = varintEnd(bytes, pos, spanEnd);
            length = lengthVarint(bytes, pos, next);
            if (length > spanEnd - next || (length !== TRACE_ID_BYTES && length !== 0)) return SCAN_MALFORMED;
            idAt = length === 0 ? 0 : next;
            pos = (next + length) | 0;
          }
          break;
        case 0x2a: {
          length = bytes[pos] | 0;
          pos = (pos + 1) | 0;
          if (length > 127) {
            const next = varintEnd(bytes, pos - 1, spanEnd);
            length = lengthVarint(bytes, pos - 1, next);
            pos = next | 0;
          }
          if (length < 0 || length > ((spanEnd - pos) | 0)) return SCAN_MALFORMED;
          nameStart = pos;
          pos = (pos + length) | 0;
          nameEnd = pos;
          break;
        }
        case 0x30: {
          kind = bytes[pos] | 0;
          pos = (pos + 1) | 0;
          if (kind > 127) {
            const next = varintEnd(bytes, pos - 1, spanEnd);
            if (next < 0) return SCAN_MALFORMED;
            kind = varint32(bytes, pos - 1, next);
            pos = next | 0;
          }
          break;
        }
        case 0x39:
          startAt = pos;
          pos = (pos + 8) | 0;
          break;
        case 0x41:
          endAt = pos;
          pos = (pos + 8) | 0;
          break;
        case 0x7a: {
          if (bytes[pos] === 2 && bytes[(pos + 1) | 0] === 0x18 && bytes[(pos + 2) | 0] < 128) {
            status = bytes[(pos + 2) | 0] | 0;
            pos = (pos + 3) | 0;
            break;
          }
          const next = skipField(bytes, tag, pos, spanEnd);
          if (next < 0) return SCAN_MALFORMED;
          status = scanStatus(bytes, varintEnd(bytes, pos, spanEnd), next, status);
          if (status === NOT_A_STATUS) return SCAN_MALFORMED;
          pos = next | 0;
          break;
        }
        case 0x1a: {
          const next = skipField(bytes, tag, pos, spanEnd);
          if (next < 0) return SCAN_MALFORMED;
          if (states === 0) table.stateBytes[span] = 0;
          states = (states + 1) | 0;
          table.stateStart[span] = fieldStart;
          table.stateEnd[span] = next;
          table.stateBytes[span] += next - fieldStart;
          pos = next | 0;
          break;
        }
        case 0x12:
          // The span's id.
          if (bytes[pos] === 8) {
            pos = (pos + 9) | 0;
            break;
          }
          pos = skipField(bytes, tag, pos, spanEnd) | 0;
          if (pos < 0) return SCAN_MALFORMED;
          break;
        case 0x22: {
          // Its parent's; an empty one is none.
          if (bytes[pos] === 8) {
            parentAt = (pos + 1) | 0;
            pos = (pos + 9) | 0;
            break;
          }
          const next = skipField(bytes, tag, pos, spanEnd);
          if (next < 0) return SCAN_MALFORMED;
          parentAt = next === varintEnd(bytes, pos, spanEnd) ? 0 : -1;
          pos = next | 0;
          break;
        }
        case 0x85:
          // Flags, a fixed32.
          pos = (pos + 4) | 0;
          break;
        default:
          pos = skipField(bytes, tag, pos, spanEnd) | 0;
          if (pos < 0) return SCAN_MALFORMED;
      }
    }
    // Nothing that was only stepped over is read before this: a field that reached beyond the span has left `pos` there.
    if (pos !== spanEnd) return SCAN_MALFORMED;

    if (hits > 0 && !testHits(bytes, hits, matcher)) return SCAN_MALFORMED;
    if (wantsName) name.match(bytes, nameStart, nameEnd, bits);
    let word = bits[0];
    if (status >>> 0 < 3) word |= statusBits[status];
    if (kind >>> 0 < 6) word |= kindBits[kind];
    bits[0] = word;
    if (latencyBit.length > 0 && endAt !== 0 && startAt !== 0) {
      // end − start as unsigned 64-bit, compared with the sign bits flipped; an end before the start is no duration, and a start of 0 is not set.
      const endLow = view.getInt32(endAt, true);
      const endHigh = view.getInt32((endAt + 4) | 0, true);
      const startLow = view.getInt32(startAt, true);
      const startHigh = view.getInt32((startAt + 4) | 0, true);
      const borrow = (endLow ^ FLIP) < (startLow ^ FLIP) ? 1 : 0;
      if ((startLow | startHigh) !== 0 && ((endHigh ^ FLIP) > (startHigh ^ FLIP) || (endHigh === startHigh && borrow === 0))) {
        const high = ((endHigh - startHigh - borrow) | 0) ^ FLIP;
        const low = ((endLow - startLow) | 0) ^ FLIP;
        for (let index = 0; index < latencyBit.length; index++) {
          const bound = latencyHigh[index] ^ FLIP;
          if (high > bound || (high === bound && low > latencyLowFlipped[index])) bits[latencyBit[index] >> 5] |= 1 << (latencyBit[index] & 31);
        }
      }
    }
    if (forTraces) {
      // Nobody knows yet what will be kept, so every span is checked all the way down, here where its bytes are at hand.
      const code = isChecked ? 0 : checkSpan(bytes, view, contentStart(bytes, spanStart, spanEnd), spanEnd);
      if (code < 0) return code;
      if (hasSameSpan) matcher.testSameSpan(bits);
      if (states > 0) table.stateCount[span] = states;
      starts[span] = spanStart;
      ends[span] = spanEnd;
      ids[span] = idAt;
      verdicts[span] = states > 0 ? HAS_STATE : 0;
      table.parentAt[span] = parentAt;
      table.startAt[span] = startAt;
      table.endAt[span] = endAt;
      for (let word = 0; word < words; word++) table.bits[span * words + word] = bits[word];
      span = (span + 1) | 0;
      continue;
    }
    let randomHigh = 0;
    let randomLow = 0;
    if (idAt !== 0) {
      randomHigh = view.getInt32((idAt + 8) | 0, false) & 0xffffff;
      randomLow = view.getInt32((idAt + 12) | 0, false);
      if (hashesIds) {
        hashes[span] = traceIdHash(view.getInt32(idAt, false), view.getInt32((idAt + 4) | 0, false), view.getInt32((idAt + 8) | 0, false), randomLow);
      }
    }
    if (states > 0) {
      table.stateCount[span] = states;
      readTraceState(bytes, contentStart(bytes, table.stateStart[span], table.stateEnd[span]), table.stateEnd[span]);
      if (found.randomness) {
        randomHigh = found.randomnessHigh;
        randomLow = found.randomnessLow;
      }
    }
    const tier = lookUp === null ? matcher.tierOf(bits) : lookUp[bits[0]];
    const thresholdOfTier = thresholdHigh[tier];
    const keep = randomHigh > thresholdOfTier || (randomHigh === thresholdOfTier && (randomLow ^ FLIP) >= thresholdLowFlipped[tier]) ? KEPT : 0;
    const verdict = (tier << 1) | keep;
    tierSpans[verdict]++;
    tierBytes[verdict] += (spanEnd - spanStart) | 0;
    starts[span] = spanStart;
    ends[span] = spanEnd;
    ids[span] = idAt;
    verdicts[span] = states > 0 ? verdict | HAS_STATE : verdict;
    if (tier < extraTiers) noteExtra(table, matcher, span, tier, (spanEnd - spanStart) | 0, randomHigh, randomLow);
    span = (span + 1) | 0;
  }
  table.spans = span;
  return pos === end ? 0 : SCAN_MALFORMED;
}

// What the policy would have made of a span that a tier before its own has kept.
function noteExtra(table: SpanTable, matcher: WireMatcher, span: number, tier: number, size: number, randomHigh: number, randomLow: number): void {
  const policyTier = matcher.policyTierOf(matcher.bits);
  const kept = matcher.keeps(policyTier, randomHigh, randomLow) ? KEPT : 0;
  table.policyVerdict[span] = (policyTier << 1) | kept;
  if (kept !== 0) return;
  table.extraSpans[tier]++;
  table.extraBytes[tier] += size;
}

/** Leaves in `matcher.bits` what one span of a request fulfils in which a scan under the same matcher found `request`; `scratch` is written to. */
export function readSpanBits(bytes: Buffer, request: SpanTable, span: number, scratch: SpanTable, matcher: WireMatcher): void {
  let resource = 0;
  while (resource + 1 < request.resources && request.scopeSpan[request.resourceScope[resource + 1]] <= span) resource++;
  readResource(bytes, request.resourceBody[resource], request.resourceEnd[resource], matcher);
  scratch.clear();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  scanScopeSpans(bytes, view, request.start[span], request.end[span], scratch, matcher);
}

/**
 * Leaves in `matcher.resourceBits` what the resource fulfils among the fields of a ResourceSpans in [start, end), which has been scanned before under this or another matcher; false
 * where this one looks at what that one did not, and it is malformed.
 */
export function readResource(bytes: Buffer, start: number, end: number, matcher: WireMatcher): boolean {
  matcher.resourceBits.fill(0);
  if (matcher.resourceKeys.size === 0) return true;
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0 || (tag === 0x0a && !scanResource(bytes, varintEnd(bytes, body, end), next, matcher))) return false;
    pos = next;
  }
  return true;
}

/** Adds the spans among the fields of a ScopeSpans in [start, end) to `table`, after `readResource`; negative: a code that refuses them. */
export function scanMore(bytes: Buffer, view: DataView, start: number, end: number, table: SpanTable, matcher: WireMatcher): number {
  return scanScopeSpans(bytes, view, start, end, table, matcher);
}

const NOT_A_STATUS = -1;
const UNKNOWN_STATUS = 3;

// Attributes set aside while the span was read, all of the short and plain kind.
function testHits(bytes: Buffer, hits: number, matcher: WireMatcher): boolean {
  const { spanKeys, bits } = matcher;
  for (let hit = 0; hit < hits; hit++) {
    const start = hitStart[hit];
    const second = (start + 2 + bytes[start + 1]) | 0;
    const end = (second + 2 + bytes[second + 1]) | 0;
    const keyFirst = bytes[start] === 0x0a;
    const keyStart = ((keyFirst ? start : second) + 2) | 0;
    const keyLength = bytes[keyStart - 1];
    if (spanKeys.candidates[(keyLength << 8) | bytes[keyStart + (keyLength >> 1)]] === 0) continue;
    const tests = spanKeys.find(bytes, keyStart, bytes[keyStart - 1]);
    if (tests !== undefined && !testValue(bytes, ((keyFirst ? second : start) + 2) | 0, keyFirst ? end : second, tests, bits)) return false;
  }
  return true;
}

// The code of a Status message, or what earlier occurrences of the field said when this one does not say.
function scanStatus(bytes: Uint8Array, start: number, end: number, before: number): number {
  let code = before;
  for (let pos = start; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    if (tag < 0) return NOT_A_STATUS;
    const next = skipField(bytes, tag, body, end);
    if (next < 0) return NOT_A_STATUS;
    if (tag === 0x18) {
      const value = varint32(bytes, body, next);
      code = value < 0 ? UNKNOWN_STATUS : value;
    }
    pos = next;
  }
  return code;
}
