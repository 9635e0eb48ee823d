import { HAS_STATE, KEPT, type SpanTable, tierOfVerdict } from "./spanTable.ts";
import { contentStart, skipField, tagVarint, varintEnd, varintSize, writeVarint } from "./varint.ts";
import type { WireMatcher } from "./wireMatcher.ts";

/** Exact number of bytes that frameSpans will write. */
export function framedSize(table: SpanTable): number {
  let size = 0;
  for (let resource = 0; resource < table.resources; resource++) {
    const out = table.resourceOut[resource];
    if (out > 0) size += 1 + varintSize(out) + out;
  }
  return size;
}

/**
 * Writes the ResourceSpans with what is kept to `out`, copying ranges of the request: dropped spans are left out, the trace state of kept ones is
 * replaced, every other byte goes along in its place. Returns where the next piece may begin; pieces one after the other are one valid request.
 */
export function frameSpans(bytes: Buffer, table: SpanTable, matcher: WireMatcher, out: Buffer, at: number): number {
  let pos = at;
  for (let resource = 0; resource < table.resources; resource++) {
    const size = table.resourceOut[resource];
    if (size === 0) continue;
    out[pos] = 0x0a;
    pos = writeVarint(out, pos + 1, size);
    let from = table.resourceBody[resource];
    for (let scope = table.resourceScope[resource]; scope < table.resourceScope[resource + 1]; scope++) {
      pos = copy(bytes, from, table.scopeStart[scope], out, pos);
      from = table.scopeEnd[scope];
      if (table.scopeOut[scope] > 0) pos = frameScope(bytes, table, matcher, scope, out, pos);
    }
    pos = copy(bytes, from, table.resourceEnd[resource], out, pos);
  }
  return pos;
}

function frameScope(bytes: Buffer, table: SpanTable, matcher: WireMatcher, scope: number, out: Buffer, at: number): number {
  const { start, end, verdict, stateBytes, sideStart, sideEnd } = table;
  out[at] = 0x12;
  let pos = writeVarint(out, at + 1, table.scopeOut[scope]);
  // Everything from here on that has not been written; grows over adjacent spans that go out as they are.
  let from = table.scopeBody[scope];
  const last = table.scopeSpan[scope + 1];
  for (let span = table.scopeSpan[scope]; span < last; span++) {
    const kept = (verdict[span] & KEPT) !== 0;
    const hasState = (verdict[span] & HAS_STATE) !== 0;
    if (kept && hasState && sideStart[span] < 0) continue;
    if (from !== start[span]) pos = copy(bytes, from, start[span], out, pos);
    from = end[span];
    if (!kept) continue;
    const body = contentStart(bytes, start[span], end[span]);
    const suffix = matcher.traceState[tierOfVerdict(verdict[span])];
    const added = hasState ? sideEnd[span] - sideStart[span] - stateBytes[span] : suffix.length;
    out[pos] = 0x12;
    pos = writeVarint(out, pos + 1, end[span] - body + added);
    if (hasState) {
      pos = copyWithoutState(bytes, table, span, body, out, pos);
      pos = copyShort(table.side, sideStart[span], sideEnd[span], out, pos);
    } else {
      pos = copy(bytes, body, end[span], out, pos);
      pos = copyShort(suffix, 0, suffix.length, out, pos);
    }
  }
  return copy(bytes, from, table.scopeEnd[scope], out, pos);
}

function copyWithoutState(bytes: Buffer, table: SpanTable, span: number, body: number, out: Buffer, at: number): number {
  const end = table.end[span];
  if (table.stateCount[span] === 1) {
    const pos = copy(bytes, body, table.stateStart[span], out, at);
    return copy(bytes, table.stateEnd[span], end, out, pos);
  }
  let pos = at;
  for (let field = body; field < end; ) {
    const content = varintEnd(bytes, field, end);
    const tag = tagVarint(bytes, field, content);
    const next = skipField(bytes, tag, content, end);
    if (tag !== 0x1a) pos = copy(bytes, field, next, out, pos);
    field = next;
  }
  return pos;
}

function copy(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  if (to > from) bytes.copy(out, at, from, to);
  return at + to - from;
}

function copyShort(bytes: Uint8Array, from: number, to: number, out: Buffer, at: number): number {
  let pos = at;
  for (let index = from; index < to; index++) out[pos++] = bytes[index];
  return pos;
}
