import { STATIC_TABLE } from "./staticTable.ts";

const STATUS_200 = 8;
const METHOD_POST = 3;
const SCHEMES = { http: 6, https: 7 } as const;
/** Of the first static entry with each name. */
const NAME_INDEX = new Map(STATIC_TABLE.map(({ name }, index) => [name, index] as const).reverse());
/** RFC 7541, 6.2.2 and 6.2.3: the second tells whoever passes the field on to keep it out of tables too. */
const WITHOUT_INDEXING = 0;
const NEVER_INDEXED = 0x10;

export type Fields = readonly (readonly [name: string, value: string])[];

/** The header block of a response, or of trailers where `status` is undefined; without Huffman codes and without entries in the other side's table. */
export function responseBlock(status: number | undefined, fields: Fields): Buffer {
  const parts: Buffer[] = [];
  if (status === 200) parts.push(indexed(STATUS_200));
  else if (status !== undefined) parts.push(literal(":status", String(status), WITHOUT_INDEXING));
  for (const [name, value] of fields) parts.push(literal(name, value, WITHOUT_INDEXING));
  return Buffer.concat(parts);
}

/** The header block of a POST, in the same way. `secret` fields may hold keys, so nobody may put them into a table (RFC 7541, 7.1.3). */
export function postBlock(scheme: "http" | "https", authority: string, path: string, fields: Fields, secret: Fields): Buffer {
  return Buffer.concat([
    indexed(METHOD_POST),
    indexed(SCHEMES[scheme]),
    literal(":path", path, WITHOUT_INDEXING),
    literal(":authority", authority, WITHOUT_INDEXING),
    ...fields.map(([name, value]) => literal(name, value, WITHOUT_INDEXING)),
    ...secret.map(([name, value]) => literal(name, value, NEVER_INDEXED)),
  ]);
}

function indexed(index: number): Buffer {
  return Buffer.from([0x80 | index]);
}

function literal(name: string, value: string, kind: number): Buffer {
  const index = NAME_INDEX.get(name);
  return index === undefined ? Buffer.concat([Buffer.from([kind]), text(name), text(value)]) : Buffer.concat([integer(index, 4, kind), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  return Buffer.concat([integer(bytes.length, 7, 0), bytes]);
}

/** RFC 7541, 5.1, with `before` as the bits before the prefix. */
function integer(value: number, prefixBits: number, before: number): Buffer {
  const most = (1 << prefixBits) - 1;
  if (value < most) return Buffer.from([before | value]);
  const bytes = [before | most];
  let rest = value - most;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
