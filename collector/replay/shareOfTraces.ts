import { isWithinShare, NO_TRACE_HASH, recordingHash } from "../record/recordedShare.ts";

/** Whether the trace with its id at `idAt` (−1: it has none) was recorded while only this share was. */
export function isOfShare(bytes: Buffer, idAt: number, share: number): boolean {
  if (idAt < 0) return isWithinShare(NO_TRACE_HASH, share);
  return isWithinShare(recordingHash(bytes.readInt32BE(idAt), bytes.readInt32BE(idAt + 4), bytes.readInt32BE(idAt + 8), bytes.readInt32BE(idAt + 12)), share);
}
