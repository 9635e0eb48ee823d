import { checkFields, RESOURCE, SCOPE } from "./checkMessage.ts";
import type { SpanTable } from "./spanTable.ts";

/** Checks the resources and scopes of spans all the way down, as the scan does with spans in trace scope. 0, or the code that refuses the request. */
export function checkHeaders(bytes: Uint8Array, table: SpanTable): number {
  const { scopeSpan, resourceScope } = table;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let resource = 0; resource < table.resources; resource++) {
    if (scopeSpan[resourceScope[resource]] === scopeSpan[resourceScope[resource + 1]]) continue;
    const code = checkFields(bytes, view, RESOURCE, table.resourceBody[resource], table.resourceEnd[resource]);
    if (code < 0) return code;
  }
  for (let scope = 0; scope < table.scopes; scope++) {
    if (scopeSpan[scope] === scopeSpan[scope + 1]) continue;
    const code = checkFields(bytes, view, SCOPE, table.scopeBody[scope], table.scopeEnd[scope]);
    if (code < 0) return code;
  }
  return 0;
}
