import { hashTraceId } from "../sample/trace/hashTraceId.ts";

const SEED = 0x7ec0;
const WORDS = 4294967296;

/** Whether the trace with its id at `idAt` was recorded while only this share was. */
export function isOfShare(bytes: Buffer, idAt: number, share: number): boolean {
  if (idAt < 0) return true;
  return (
    hashTraceId(bytes.readInt32BE(idAt), bytes.readInt32BE(idAt + 4), bytes.readInt32BE(idAt + 8), bytes.readInt32BE(idAt + 12), SEED) >>> 0 < share * WORDS
  );
}
