import { HAS_STATE, KEPT, type SpanTable, tierOfVerdict } from "./spanTable.ts";
import { contentStart, varintSize } from "./varint.ts";
import type { WireMatcher } from "./wireMatcher.ts";

/**
 * Narrows what a settled table sends on to the spans of some tiers (`tiers[i]` is 1): frameSpans then writes those alone. `verdict` is what the table's own column
 * held after settling; every call begins from it. Returns how many spans that are.
 */
export function narrowKept(bytes: Buffer, table: SpanTable, matcher: WireMatcher, verdict: Uint8Array, tiers: Uint8Array): number {
  let total = 0;
  for (let resource = 0; resource < table.resources; resource++) {
    let out = table.resourceEnd[resource] - table.resourceBody[resource];
    let kept = 0;
    for (let scope = table.resourceScope[resource]; scope < table.resourceScope[resource + 1]; scope++) {
      const scopeKept = narrowScope(bytes, table, matcher, scope, verdict, tiers);
      const scopeOut = table.scopeOut[scope];
      kept += scopeKept;
      out -= table.scopeEnd[scope] - table.scopeStart[scope];
      if (scopeKept > 0) out += 1 + varintSize(scopeOut) + scopeOut;
    }
    table.resourceOut[resource] = kept > 0 ? out : 0;
    total += kept;
  }
  return total;
}

function narrowScope(bytes: Buffer, table: SpanTable, matcher: WireMatcher, scope: number, verdict: Uint8Array, tiers: Uint8Array): number {
  const { start, end } = table;
  const last = table.scopeSpan[scope + 1];
  let out = table.scopeEnd[scope] - table.scopeBody[scope];
  let kept = 0;
  for (let span = table.scopeSpan[scope]; span < last; span++) {
    const given = verdict[span];
    if ((given & KEPT) === 0 || tiers[tierOfVerdict(given)] === 0) {
      table.verdict[span] = given & ~KEPT;
      out -= end[span] - start[span];
      continue;
    }
    table.verdict[span] = given;
    kept++;
    let added = matcher.traceState[tierOfVerdict(given)].length;
    if ((given & HAS_STATE) !== 0) {
      if (table.sideStart[span] < 0) continue;
      added = table.sideEnd[span] - table.sideStart[span] - table.stateBytes[span];
    }
    const size = end[span] - contentStart(bytes, start[span], end[span]) + added;
    out += 1 + varintSize(size) + size - (end[span] - start[span]);
  }
  table.scopeOut[scope] = kept > 0 ? out : 0;
  return kept;
}
