import { crc32 } from "node:zlib";

/**
 * A record as it lies in a segment, little-endian: 0 magic · 4 session · 8 payload length · 12 spans · 16 sequence number (u64) · 24 accepted at, Unix ms (u64) ·
 * 32 spans of the session before it, mod 2^32 · 36 CRC-32 of the payload · 40 CRC-32 of bytes 0–39; then the payload.
 * The header has a checksum of its own, so that a damaged payload still says how many spans it had and where the next record is.
 */
export const RECORD_HEADER_BYTES = 44;
/** A longer length is taken for damage: nothing that is received is near it. */
export const RECORD_BYTES_MAX = 1_073_741_824;
const RECORD_MAGIC = 0x31524748; // "HGR1"
/** Sequence numbers stay exact as JavaScript numbers, with room for everything that a process can append. */
export const SEQ_MAX = 2 ** 52;
const HIGH = 2 ** 32;

export type RecordHeader = { length: number; spans: number; seq: number; atMs: number; spansBefore: number; payloadCrc: number };

/** Of everything that one process writes between opening and closing the log: senders can't know it, so no payload can pass for a record. */
export function recordMarker(session: number): Buffer {
  const marker = Buffer.alloc(8);
  marker.writeUInt32LE(RECORD_MAGIC, 0);
  marker.writeUInt32LE(session, 4);
  return marker;
}

export const RECORD_MAGIC_BYTES = recordMarker(0).subarray(0, 4);

/** The payload must be in place already, behind the header. */
export function writeRecordHeader(into: Buffer, at: number, session: number, record: Omit<RecordHeader, "payloadCrc">): void {
  into.writeUInt32LE(RECORD_MAGIC, at);
  into.writeUInt32LE(session, at + 4);
  into.writeUInt32LE(record.length, at + 8);
  into.writeUInt32LE(record.spans, at + 12);
  writeU64(into, record.seq, at + 16);
  writeU64(into, record.atMs, at + 24);
  into.writeUInt32LE(record.spansBefore, at + 32);
  const payloadAt = at + RECORD_HEADER_BYTES;
  into.writeUInt32LE(crc32(into.subarray(payloadAt, payloadAt + record.length)), at + 36);
  into.writeUInt32LE(crc32(into.subarray(at, at + 40)), at + 40);
}

/** Whether there is a whole header at `at`; `session` undefined takes any. Fills `header`. */
export function readRecordHeader(from: Buffer, at: number, session: number | undefined, header: RecordHeader): boolean {
  if (from.readUInt32LE(at) !== RECORD_MAGIC || (session !== undefined && from.readUInt32LE(at + 4) !== session)) return false;
  header.length = from.readUInt32LE(at + 8);
  if (header.length > RECORD_BYTES_MAX || crc32(from.subarray(at, at + 40)) !== from.readUInt32LE(at + 40)) return false;
  header.spans = from.readUInt32LE(at + 12);
  header.seq = readU64(from, at + 16);
  header.atMs = readU64(from, at + 24);
  header.spansBefore = from.readUInt32LE(at + 32);
  header.payloadCrc = from.readUInt32LE(at + 36);
  return header.seq < SEQ_MAX;
}

export function sessionAt(from: Buffer, at: number): number {
  return from.readUInt32LE(at + 4);
}

/** The start of a segment: 0 magic · 8 version · 12 session · 16 first sequence number (u64) · 24 spans of the session before · 28 CRC-32 of bytes 0–27. */
export const SEGMENT_HEADER_BYTES = 32;
const SEGMENT_MAGIC = Buffer.from("HGWALSEG", "latin1");
const SEGMENT_VERSION = 1;

export type SegmentHeader = { session: number; firstSeq: number; spansBefore: number };

export function segmentHeader({ session, firstSeq, spansBefore }: SegmentHeader): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  SEGMENT_MAGIC.copy(header);
  header.writeUInt32LE(SEGMENT_VERSION, 8);
  header.writeUInt32LE(session, 12);
  writeU64(header, firstSeq, 16);
  header.writeUInt32LE(spansBefore, 24);
  header.writeUInt32LE(crc32(header.subarray(0, 28)), 28);
  return header;
}

/** `newer`: written by a later version of this program; magic, version and checksum stay where they are in every version. Undefined: damaged. */
export function readSegmentHeader(from: Buffer): SegmentHeader | "newer" | undefined {
  if (from.length < SEGMENT_HEADER_BYTES || !from.subarray(0, 8).equals(SEGMENT_MAGIC) || crc32(from.subarray(0, 28)) !== from.readUInt32LE(28))
    return undefined;
  if (from.readUInt32LE(8) > SEGMENT_VERSION) return "newer";
  const firstSeq = readU64(from, 16);
  return firstSeq < SEQ_MAX ? { session: from.readUInt32LE(12), firstSeq, spansBefore: from.readUInt32LE(24) } : undefined;
}

/** One entry of a `.done` file: 0 first sequence number (u64) · 8 how many (u32) · 12 session · 16 CRC-32 of bytes 0–15. */
export const DONE_ENTRY_BYTES = 20;
export type DoneRange = { session: number; fromSeq: number; toSeq: number };

export function writeDoneEntry(into: Buffer, at: number, { session, fromSeq, toSeq }: DoneRange): void {
  writeU64(into, fromSeq, at);
  into.writeUInt32LE(toSeq - fromSeq, at + 8);
  into.writeUInt32LE(session, at + 12);
  into.writeUInt32LE(crc32(into.subarray(at, at + 16)), at + 16);
}

export function readDoneEntry(from: Buffer, at: number): DoneRange | undefined {
  const fromSeq = readU64(from, at);
  if (fromSeq >= SEQ_MAX || crc32(from.subarray(at, at + 16)) !== from.readUInt32LE(at + 16)) return undefined;
  return { session: from.readUInt32LE(at + 12), fromSeq, toSeq: fromSeq + from.readUInt32LE(at + 8) };
}

function writeU64(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value % HIGH, at);
  into.writeUInt32LE(Math.floor(value / HIGH), at + 4);
}

function readU64(from: Buffer, at: number): number {
  return from.readUInt32LE(at) + from.readUInt32LE(at + 4) * HIGH;
}
