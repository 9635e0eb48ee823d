import type { SpanTable } from "./spanTable.ts";
import { varintSize, writeVarint } from "./varint.ts";

/** Bytes that frameShard will write of the spans for which `shardOf` says `shard`; 0 when there are none. Fills resourceOut and scopeOut. */
export function shardSize(table: SpanTable, shardOf: Uint8Array, shard: number): number {
  let size = 0;
  for (let resource = 0; resource < table.resources; resource++) {
    let out = table.resourceEnd[resource] - table.resourceBody[resource];
    let any = false;
    for (let scope = table.resourceScope[resource]; scope < table.resourceScope[resource + 1]; scope++) {
      const scopeOut = scopeSize(table, shardOf, shard, scope);
      table.scopeOut[scope] = scopeOut;
      out -= table.scopeEnd[scope] - table.scopeStart[scope];
      if (scopeOut === 0) continue;
      any = true;
      out += 1 + varintSize(scopeOut) + scopeOut;
    }
    table.resourceOut[resource] = any ? out : 0;
    if (any) size += 1 + varintSize(out) + out;
  }
  return size;
}

/**
 * Writes a request with the spans of one shard and no others, each as it came, with its resource and scope. Returns the end. shardSize has to come first.
 * `part` gets what a scan of the written bytes would find: positions in `out`.
 */
export function frameShard(bytes: Buffer, table: SpanTable, shardOf: Uint8Array, shard: number, out: Buffer, at: number, part: SpanTable): number {
  part.clear();
  part.useWords(table.words);
  let pos = at;
  for (let resource = 0; resource < table.resources; resource++) {
    const size = table.resourceOut[resource];
    if (size === 0) continue;
    out[pos] = 0x0a;
    pos = writeVarint(out, pos + 1, size);
    if (part.resources === part.resourceBody.length) part.growResources();
    part.resourceBody[part.resources] = pos;
    part.resourceEnd[part.resources] = pos + size;
    part.resourceScope[part.resources++] = part.scopes;
    let from = table.resourceBody[resource];
    for (let scope = table.resourceScope[resource]; scope < table.resourceScope[resource + 1]; scope++) {
      pos = copy(bytes, from, table.scopeStart[scope], out, pos);
      from = table.scopeEnd[scope];
      if (table.scopeOut[scope] === 0) continue;
      out[pos] = 0x12;
      const body = writeVarint(out, pos + 1, table.scopeOut[scope]);
      addScope(part, pos, body, body + table.scopeOut[scope]);
      pos = frameScope(bytes, table, shardOf, shard, scope, out, body, part);
    }
    pos = copy(bytes, from, table.resourceEnd[resource], out, pos);
  }
  part.scopeSpan[part.scopes] = part.spans;
  part.resourceScope[part.resources] = part.scopes;
  return pos;
}

function addScope(part: SpanTable, start: number, body: number, end: number): void {
  if (part.scopes === part.scopeBody.length) part.growScopes();
  part.scopeStart[part.scopes] = start;
  part.scopeBody[part.scopes] = body;
  part.scopeEnd[part.scopes] = end;
  part.scopeSpan[part.scopes++] = part.spans;
}

function scopeSize({ scopeBody, scopeEnd, scopeSpan, start, end }: SpanTable, shardOf: Uint8Array, shard: number, scope: number): number {
  let size = scopeEnd[scope] - scopeBody[scope];
  let any = false;
  for (let span = scopeSpan[scope]; span < scopeSpan[scope + 1]; span++) {
    if (shardOf[span] === shard) any = true;
    else size -= end[span] - start[span];
  }
  return any ? size : 0;
}

function frameScope(bytes: Buffer, table: SpanTable, shardOf: Uint8Array, shard: number, scope: number, out: Buffer, at: number, part: SpanTable): number {
  const { start, end, scopeSpan } = table;
  let pos = at;
  // Everything from here on that has not been written; grows over adjacent spans that go along.
  let from = table.scopeBody[scope];
  for (let span = scopeSpan[scope]; span < scopeSpan[scope + 1]; span++) {
    if (shardOf[span] === shard) {
      part.addMoved(table, span, pos - from);
      continue;
    }
    pos = copy(bytes, from, start[span], out, pos);
    from = end[span];
  }
  return copy(bytes, from, table.scopeEnd[scope], out, pos);
}

function copy(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  if (to > from) bytes.copy(out, at, from, to);
  return at + Math.max(0, to - from);
}
