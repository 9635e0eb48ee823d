/** Room before the payload of every batch, so that a frame header can be put there without copying (gRPC needs 5 bytes). */
export const BATCH_HEADROOM = 5;

/** Kept spans on their way to the backend: `buffer[BATCH_HEADROOM, end)` is a valid ExportTraceServiceRequest. */
export type Batch = {
  /** Counts up from 0 in the order in which batches were sealed. */
  readonly number: number;
  readonly buffer: Buffer;
  readonly end: number;
  readonly spans: number;
  /** When its first span was accepted, on the clock's `now`. */
  readonly firstAt: number;
  /** Where it stands in the write-ahead log: records [from, to). Undefined: it is in memory alone. */
  readonly logged: { from: number; to: number } | undefined;
  /** Gives the buffer back for use by other batches. Never called while a transport may still read it. */
  release(): void;
};

export function payloadBytes(batch: Batch): number {
  return batch.end - BATCH_HEADROOM;
}
