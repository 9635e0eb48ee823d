import { checkFields, checkSpan, RESOURCE, SCOPE } from "../otlp/checkMessage.ts";
import type { SpanTable } from "../otlp/spanTable.ts";
import { contentStart } from "../otlp/varint.ts";

/**
 * Leaves of the spans at chosen[0, count) those that are well formed all the way down, with their resource and scope, and returns how many. In span scope what is not kept goes no
 * further and has not been looked at so closely; here it has to be read for what must not be written.
 */
export function wholeSpans(bytes: Buffer, view: DataView, table: SpanTable, chosen: Int32Array, count: number): number {
  const { resourceBody, resourceEnd, resourceScope, scopeBody, scopeEnd, scopeSpan, start, end } = table;
  let whole = 0;
  let next = 0;
  for (let resource = 0; next < count; resource++) {
    if (chosen[next] >= scopeSpan[resourceScope[resource + 1]]) continue;
    const isResource = checkFields(bytes, view, RESOURCE, resourceBody[resource], resourceEnd[resource]) === 0;
    for (let scope = resourceScope[resource]; scope < resourceScope[resource + 1] && next < count; scope++) {
      if (chosen[next] >= scopeSpan[scope + 1]) continue;
      const isScope = isResource && checkFields(bytes, view, SCOPE, scopeBody[scope], scopeEnd[scope]) === 0;
      for (; next < count && chosen[next] < scopeSpan[scope + 1]; next++) {
        const span = chosen[next];
        if (isScope && checkSpan(bytes, view, contentStart(bytes, start[span], end[span]), end[span]) === 0) chosen[whole++] = span;
      }
    }
  }
  return whole;
}
