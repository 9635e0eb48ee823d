import type { SpanTable } from "../otlp/spanTable.ts";
import { varintSize, writeVarint } from "../otlp/varint.ts";

/** Bytes that frameChosen will write of the spans at chosen[from, to), which stand there in order. Fills resourceOut and scopeOut of what they lie in. */
export function chosenSize(table: SpanTable, chosen: Int32Array, from: number, to: number): number {
  const { resourceBody, resourceEnd, resourceScope, resourceOut, scopeStart, scopeBody, scopeEnd, scopeSpan, scopeOut } = table;
  let size = 0;
  let next = from;
  for (let resource = 0; next < to; resource++) {
    resourceOut[resource] = 0;
    if (chosen[next] >= scopeSpan[resourceScope[resource + 1]]) continue;
    let out = resourceEnd[resource] - resourceBody[resource];
    for (let scope = resourceScope[resource]; scope < resourceScope[resource + 1]; scope++) {
      out -= scopeEnd[scope] - scopeStart[scope];
      scopeOut[scope] = 0;
      if (next >= to || chosen[next] >= scopeSpan[scope + 1]) continue;
      let content = scopeEnd[scope] - scopeBody[scope];
      for (let span = scopeSpan[scope]; span < scopeSpan[scope + 1]; span++) {
        if (next < to && chosen[next] === span) next++;
        else content -= table.end[span] - table.start[span];
      }
      scopeOut[scope] = content;
      out += 1 + varintSize(content) + content;
    }
    resourceOut[resource] = out;
    size += 1 + varintSize(out) + out;
  }
  return size;
}

/** Writes a request with these spans and no others, each as it came, with its resource and scope; chosenSize has to come right before. Returns the end. */
export function frameChosen(bytes: Buffer, table: SpanTable, chosen: Int32Array, from: number, to: number, out: Buffer, at: number): number {
  const { resourceBody, resourceEnd, resourceScope, resourceOut, scopeStart, scopeBody, scopeEnd, scopeSpan, scopeOut, start, end } = table;
  let pos = at;
  let next = from;
  for (let resource = 0; next < to; resource++) {
    if (resourceOut[resource] === 0) continue;
    out[pos] = 0x0a;
    pos = writeVarint(out, pos + 1, resourceOut[resource]);
    // Everything from here on that has not been written; grows over what goes along.
    let since = resourceBody[resource];
    for (let scope = resourceScope[resource]; scope < resourceScope[resource + 1]; scope++) {
      pos = copy(bytes, since, scopeStart[scope], out, pos);
      since = scopeEnd[scope];
      if (scopeOut[scope] === 0) continue;
      out[pos] = 0x12;
      pos = writeVarint(out, pos + 1, scopeOut[scope]);
      since = scopeBody[scope];
      for (let span = scopeSpan[scope]; span < scopeSpan[scope + 1]; span++) {
        if (next < to && chosen[next] === span) {
          next++;
          continue;
        }
        pos = copy(bytes, since, start[span], out, pos);
        since = end[span];
      }
    }
    pos = copy(bytes, since, resourceEnd[resource], out, pos);
  }
  return pos;
}

function copy(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  if (to > from) bytes.copy(out, at, from, to);
  return at + Math.max(0, to - from);
}
