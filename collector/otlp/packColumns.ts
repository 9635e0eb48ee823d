import { HAS_STATE, type SpanTable } from "./spanTable.ts";

/** spans, scopes, resources, words, whether any span has a trace_state. */
const HEAD = 5;

/** 32-bit integers that packColumns writes at most of so many spans of a table. */
export function columnsLengthMax({ scopes, resources, words }: SpanTable, spans: number): number {
  return HEAD + spans * (7 + words + 4) + scopes * 4 + 1 + resources * 3 + 1;
}

/** Lays what a scan for traces found out in one row of integers, column behind column, for another thread. Returns how many. */
export function packColumns(table: SpanTable, out: Int32Array): number {
  const { spans, scopes, resources, words } = table;
  const withStates = hasStates(table);
  out.set([spans, scopes, resources, words, withStates ? 1 : 0]);
  let at = HEAD;
  for (const { column, length } of columnsOf(table, withStates)) {
    out.set(column.subarray(0, length), at);
    at += length;
  }
  return at;
}

/** The other way: the table, which is for traces too, then holds what packColumns was given. */
export function unpackColumns(from: Int32Array, table: SpanTable): void {
  table.clear();
  const [spans, scopes, resources, words, withStates] = from;
  while (table.start.length < spans) table.growSpans();
  while (table.scopeBody.length < scopes) table.growScopes();
  while (table.resourceBody.length < resources) table.growResources();
  table.useWords(words);
  table.spans = spans;
  table.scopes = scopes;
  table.resources = resources;
  let at = HEAD;
  for (const { column, length } of columnsOf(table, withStates !== 0)) {
    column.set(from.subarray(at, at + length));
    at += length;
  }
}

function hasStates({ spans, verdict }: SpanTable): boolean {
  for (let span = 0; span < spans; span++) if ((verdict[span] & HAS_STATE) !== 0) return true;
  return false;
}

function columnsOf(table: SpanTable, withStates: boolean): { column: Int32Array | Uint8Array; length: number }[] {
  const { spans, scopes, resources } = table;
  const ofSpans = [table.start, table.end, table.idAt, table.parentAt, table.startAt, table.endAt, table.verdict];
  if (withStates) ofSpans.push(table.stateCount, table.stateStart, table.stateEnd, table.stateBytes);
  return [
    ...ofSpans.map((column) => ({ column, length: spans })),
    { column: table.bits, length: spans * table.words },
    ...[table.scopeStart, table.scopeBody, table.scopeEnd].map((column) => ({ column, length: scopes })),
    { column: table.scopeSpan, length: scopes + 1 },
    ...[table.resourceBody, table.resourceEnd].map((column) => ({ column, length: resources })),
    { column: table.resourceScope, length: resources + 1 },
  ];
}
