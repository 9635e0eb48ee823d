import { gapIsPossible, SegmentReader } from "./segmentReader.ts";
import type { WalFile } from "./walFiles.ts";
import { readSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from "./walRecord.ts";

/** Far from where numbers stop being exact: a record that claims more was not written by us, and ours must have room behind what was found. */
export const FOUND_SEQ_MAX = 2 ** 51;

export type LostRecords = { session: number; fromSeq: number; toSeq: number; spans: number };

/** What a scan finds, in the order of the file. */
export type ScanVisitor = {
  /** A whole record. */
  record(session: number, seq: number, spans: number, atMs: number, offset: number, payloadBytes: number): void;
  /** Bytes that are no whole record; they were the records [fromSeq, toSeq), with so many spans in all, where that is known. */
  corrupt(bytes: number, lost: LostRecords | undefined): void;
};

export type ScanEnd = {
  session: number | undefined;
  /** Where the next record would have had its number and its count of spans before it; undefined when no header was whole. */
  nextSeq: number | undefined;
  spansBefore: number;
  /** How far whole records reach. */
  wholeBytes: number;
  /** The bytes behind that, and what is known about them: the file ends in the middle of a record, or they are something else. */
  tail: { bytes: number; kind: "torn" | "corrupt"; seq: number | undefined; spans: number };
};

/** `newer`: a later version's. */
export async function peekSegment(file: WalFile): Promise<SegmentHeader | "newer" | undefined> {
  const start = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const read = await file.read(start, 0, start.length, 0);
  return readSegmentHeader(start.subarray(0, read));
}

/** Reads a segment once, with a megabyte of it in memory at a time, and goes on behind what is damaged. Rejects only with errors of the disk. */
export async function scanSegment(file: WalFile, bytes: number, header: SegmentHeader | undefined, visit: ScanVisitor): Promise<ScanEnd> {
  const reader = new SegmentReader(file, header === undefined ? 0 : SEGMENT_HEADER_BYTES, bytes, header?.session);
  let nextSeq = header?.firstSeq;
  let spansBefore = header?.spansBefore ?? 0;
  let wholeBytes = Math.min(bytes, SEGMENT_HEADER_BYTES);
  /** Bytes since the last record whose place is known. */
  let corruptBytes = 0;
  for (;;) {
    const step = reader.step();
    if (step === "more") {
      await reader.fill();
    } else if (step === "skipped") {
      corruptBytes += reader.bytes;
    } else if (step === "end" || step === "torn") {
      const isKnown = step === "torn" && reader.headerIsWhole;
      const tail: ScanEnd["tail"] = {
        bytes: corruptBytes + (step === "torn" ? reader.bytes : 0),
        kind: step === "torn" && corruptBytes === 0 ? "torn" : "corrupt",
        seq: isKnown ? reader.header.seq : undefined,
        spans: isKnown ? reader.header.spans : 0,
      };
      return { session: reader.session, nextSeq, spansBefore, wholeBytes, tail };
    } else {
      const { seq, spans, atMs, length } = reader.header;
      const size = reader.position - reader.recordAt;
      const session = reader.session ?? 0;
      if (seq >= FOUND_SEQ_MAX || (nextSeq !== undefined && !gapIsPossible(nextSeq, seq, corruptBytes))) {
        // Whole, but not written by us at this place.
        corruptBytes += size;
        continue;
      }
      if (corruptBytes > 0) {
        const spansBetween = (reader.header.spansBefore - spansBefore) >>> 0;
        visit.corrupt(corruptBytes, nextSeq !== undefined && seq > nextSeq ? { session, fromSeq: nextSeq, toSeq: seq, spans: spansBetween } : undefined);
        corruptBytes = 0;
      }
      if (step === "record") visit.record(session, seq, spans, atMs, reader.recordAt, length);
      else visit.corrupt(size, { session, fromSeq: seq, toSeq: seq + 1, spans });
      nextSeq = seq + 1;
      spansBefore = (reader.header.spansBefore + spans) >>> 0;
      wholeBytes = reader.position;
    }
  }
}
