import { findServiceName, findSpanIdentity, identity, serviceName } from "../../otlp/readIdentity.ts";
import { forEachAdded } from "./addedBits.ts";
import { NONE, type SpanStore } from "./spanStore.ts";
import type { TraceVersion } from "./traceVersion.ts";

const WITNESSES_MAX = 8;
const NAME_BYTES_MAX = 120;
/** The comparison's number (two bytes), the span's id, and two texts, each with its length before it. */
const WITNESS_BYTES_MAX = 2 + 8 + 2 * (1 + NAME_BYTES_MAX);

export const WITNESSES_BYTES_MAX = WITNESSES_MAX * WITNESS_BYTES_MAX;

export type StoredWitness = { bit: number; spanId: string; spanName: string; service: string };

/** Of the spans from a node on, writes those down that were the first to fulfil what a tier asks for; returns where they end in `out`. For each decision, so without a text or an object. */
export function writeWitnesses(store: SpanStore, firstNode: number, version: TraceVersion, tier: number, out: Buffer): number {
  if (!version.tierHasBits[tier]) return 0;
  const { words } = version.compiled.matcher;
  const wanted = version.tierBits;
  const at = tier * words;
  let end = 0;
  for (let node = firstNode; node !== NONE; node = store.next(node)) {
    const added = store.added(node);
    if (added === 0 || (words === 1 && (added & wanted[at]) === 0)) continue;
    const group = store.groupOf(node);
    const bytes = store.bufferOf(group);
    findSpanIdentity(bytes, store.start(node), store.end(node));
    findServiceName(bytes, store.resourceAt(group), store.resourceEnd(group));
    forEachAdded(added, words, wanted, at, (bit) => {
      if (end + WITNESS_BYTES_MAX <= out.length) end = writeWitness(bytes, bit, out, end);
    });
  }
  return end;
}

/** The other way, when somebody asks. */
export function readWitnesses(bytes: Buffer): StoredWitness[] {
  const witnesses: StoredWitness[] = [];
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 11 + bytes[at + 10];
    const serviceEnd = nameEnd + 1 + bytes[nameEnd];
    const spanName = bytes.toString("utf8", at + 11, nameEnd);
    const service = bytes.toString("utf8", nameEnd + 1, serviceEnd);
    // No span has an id of zeros alone; it stands for none.
    const spanId = bytes.toString("hex", at + 2, at + 10).replace(/^0{16}$/, "");
    witnesses.push({ bit: bytes.readUInt16LE(at), spanId, spanName, service });
    at = serviceEnd;
  }
  return witnesses;
}

/** Of the span and service that were found last. */
function writeWitness(bytes: Buffer, bit: number, out: Buffer, at: number): number {
  out.writeUInt16LE(bit, at);
  out.fill(0, at + 2, at + 10);
  if (identity.idAt > 0) bytes.copy(out, at + 2, identity.idAt, identity.idAt + 8);
  const nameEnd = writeText(bytes, identity.nameAt, identity.nameEnd, out, at + 10);
  return writeText(bytes, serviceName.at, serviceName.end, out, nameEnd);
}

/** Cut before a character that would not fit whole. */
function writeText(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  let end = Math.min(to, from + NAME_BYTES_MAX);
  while (end < to && end > from && (bytes[end] & 0xc0) === 0x80) end--;
  out[at] = end - from;
  return at + 1 + bytes.copy(out, at + 1, from, end);
}
