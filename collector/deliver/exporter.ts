import type { Batch } from "./batch.ts";

export const DROP_REASONS = ["retry_exhausted", "permanent_error", "backend_rejected", "shutdown", "archive_failed", "wal_corrupt", "wal_unfit"] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** What became of one try to hand a batch over. `retryAfterMs` is the delay that the backend asked for. */
export type ExportOutcome =
  | { kind: "delivered"; rejectedSpans: number; message: string }
  | { kind: "retryable"; message: string; retryAfterMs: number | undefined }
  | { kind: "permanent"; message: string };

export const DELIVERED: ExportOutcome = { kind: "delivered", rejectedSpans: 0, message: "" };

/** Where kept spans go. `export` never rejects and answers within `timeoutMs`; it may be called for several batches at the same time. */
export type Exporter = {
  /** The reason under which a batch is dropped that this exporter could not hand over. */
  readonly failure: { exhausted: DropReason; permanent: DropReason };
  export(batch: Batch, timeoutMs: number): Promise<ExportOutcome>;
  /** Called once nothing is in flight any more; frees connections and files within the time given. */
  close(deadlineMs: number): Promise<void>;
};
