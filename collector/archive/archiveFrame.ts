import { promisify } from "node:util";
import { zstdCompress, zstdDecompressSync } from "node:zlib";
import type { Batch } from "../deliver/batch.ts";
import { BATCH_HEADROOM, payloadBytes } from "../deliver/batch.ts";

export const LENGTH_BYTES = 4;
const ZSTD_MAGIC = 0xfd2fb528;
const compress = promisify(zstdCompress);

/**
 * One batch as it lies in an archive file: a zstd frame of a 4-byte big-endian length and that many bytes of OTLP (ExportTraceServiceRequest).
 * Frames follow one another, so a whole file is a valid zstd stream too.
 */
export function toArchiveFrame(batch: Batch): Promise<Buffer> {
  const start = BATCH_HEADROOM - LENGTH_BYTES;
  batch.buffer.writeUInt32BE(payloadBytes(batch), start);
  return compress(batch.buffer.subarray(start, batch.end));
}

/** The requests of an archive file, oldest first. What a crash left torn at the end is left out, and `torn` says so. */
export function readArchiveFile(file: Buffer): { requests: Buffer[]; torn: boolean } {
  const requests: Buffer[] = [];
  let at = 0;
  while (at < file.length) {
    const frame = file.subarray(at, endOfFrame(file, at));
    const plain = decompressed(frame);
    if (plain === undefined || plain.length < LENGTH_BYTES || plain.readUInt32BE(0) !== plain.length - LENGTH_BYTES) return { requests, torn: true };
    requests.push(plain.subarray(LENGTH_BYTES));
    at += frame.length;
  }
  return { requests, torn: false };
}

function decompressed(frame: Buffer): Buffer | undefined {
  try {
    return zstdDecompressSync(frame);
  } catch {
    return undefined;
  }
}

/** Walks the blocks of the frame at `start` (RFC 8878 §3.1.1): header, blocks until the last one, checksum if there is one. */
function endOfFrame(file: Buffer, start: number): number {
  if (file.length - start < 5 || file.readUInt32LE(start) !== ZSTD_MAGIC) return file.length;
  const descriptor = file[start + 4];
  const singleSegment = (descriptor >> 5) & 1;
  const sizeBytes = [singleSegment, 2, 4, 8][descriptor >> 6];
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  let at = start + 5 + (singleSegment === 1 ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (;;) {
    if (at + 3 > file.length) return file.length;
    const header = file.readUIntLE(at, 3);
    const isRunLength = ((header >> 1) & 3) === 1;
    at += 3 + (isRunLength ? 1 : header >> 3);
    if ((header & 1) === 1) return Math.min(file.length, at + ((descriptor & 4) === 0 ? 0 : 4));
  }
}
