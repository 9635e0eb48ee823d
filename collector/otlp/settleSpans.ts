import { checkFields, checkSpan, RESOURCE, SCOPE } from "./checkMessage.ts";
import { HAS_STATE, KEPT, type SpanTable, tierOfVerdict } from "./spanTable.ts";
import { rewriteTraceState, TRACE_STATE_LENGTH_MAX } from "./traceStateBytes.ts";
import { contentStart, varintSize, writeVarint } from "./varint.ts";
import type { WireMatcher } from "./wireMatcher.ts";

const TRACE_STATE_TAG = 0x1a;

/**
 * After the scan: checks what is kept all the way down, writes the trace states that have to change, and works out how large everything goes out.
 * 0, or the code that refuses the request: a malformed span must not spoil the batch that it would share with others'.
 */
export function settleSpans(bytes: Buffer, table: SpanTable, matcher: WireMatcher): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let resource = 0; resource < table.resources; resource++) {
    let out = table.resourceEnd[resource] - table.resourceBody[resource];
    let kept = false;
    for (let scope = table.resourceScope[resource]; scope < table.resourceScope[resource + 1]; scope++) {
      const scopeOut = settleScope(bytes, view, table, matcher, scope);
      if (scopeOut < 0) return scopeOut;
      table.scopeOut[scope] = scopeOut;
      out -= table.scopeEnd[scope] - table.scopeStart[scope];
      if (scopeOut === 0) continue;
      kept = true;
      out += 1 + varintSize(scopeOut) + scopeOut;
    }
    table.resourceOut[resource] = kept ? out : 0;
    if (!kept) continue;
    const code = checkFields(bytes, view, RESOURCE, table.resourceBody[resource], table.resourceEnd[resource]);
    if (code < 0) return code;
  }
  return 0;
}

/** Bytes of the ScopeSpans' content as it will go out; 0 when no span is kept; negative: a code. */
function settleScope(bytes: Buffer, view: DataView, table: SpanTable, matcher: WireMatcher, scope: number): number {
  const { start, end, verdict, stateBytes } = table;
  const spanEnd = table.scopeSpan[scope + 1];
  let out = table.scopeEnd[scope] - table.scopeBody[scope];
  let kept = 0;
  for (let span = table.scopeSpan[scope]; span < spanEnd; span++) {
    if ((verdict[span] & KEPT) === 0) {
      out -= end[span] - start[span];
      continue;
    }
    kept++;
    const body = contentStart(bytes, start[span], end[span]);
    const code = checkSpan(bytes, view, body, end[span]);
    if (code < 0) return code;
    let added = matcher.traceState[tierOfVerdict(verdict[span])].length;
    if ((verdict[span] & HAS_STATE) !== 0) {
      rewriteState(bytes, table, matcher, span);
      if (table.sideStart[span] < 0) continue;
      added = table.sideEnd[span] - table.sideStart[span] - stateBytes[span];
    }
    const size = end[span] - body + added;
    out += 1 + varintSize(size) + size - (end[span] - start[span]);
  }
  if (kept === 0) return 0;
  const code = checkFields(bytes, view, SCOPE, table.scopeBody[scope], table.scopeEnd[scope]);
  return code < 0 ? code : out;
}

function rewriteState(bytes: Buffer, table: SpanTable, matcher: WireMatcher, span: number): void {
  if (table.side.length - table.sideUsed < TRACE_STATE_LENGTH_MAX + 8) growSide(table);
  const { side, sideUsed } = table;
  const from = contentStart(bytes, table.stateStart[span], table.stateEnd[span]);
  const to = table.stateEnd[span];
  const tier = tierOfVerdict(table.verdict[span]);
  // Room for the tag and a length of up to two bytes, filled in once the length is known.
  const text = sideUsed + 3;
  const textEnd = rewriteTraceState(bytes, from, to, matcher.thresholdHigh[tier], matcher.thresholdLowFlipped[tier] ^ 0x80000000, side, text);
  if (table.stateCount[span] === 1 && textEnd - text === to - from && sameBytes(side, text, bytes, from, to - from)) {
    table.sideStart[span] = -1;
    return;
  }
  const head = text - 1 - varintSize(textEnd - text);
  side[head] = TRACE_STATE_TAG;
  writeVarint(side, head + 1, textEnd - text);
  table.sideStart[span] = head;
  table.sideEnd[span] = textEnd;
  table.sideUsed = textEnd;
}

function growSide(table: SpanTable): void {
  const next = new Uint8Array(table.side.length * 2 + TRACE_STATE_LENGTH_MAX + 8);
  next.set(table.side.subarray(0, table.sideUsed));
  table.side = next;
}

function sameBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (a[aAt + index] !== b[bAt + index]) return false;
  return true;
}
