/** Why a request was turned away as a whole; nothing of it was received. */
export const REFUSAL_REASONS = [
  "queue_full",
  "malformed",
  "too_large",
  "too_deep",
  "unsupported",
  "unauthenticated",
  "busy",
  "draining",
  "memory_limit",
  "client_limit",
  "client_share",
  "wal_full",
  "wal_behind",
  "wal_failed",
  "not_taken",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** `retryAfterMs`: about how long the client should wait; what it is told is spread around that (retryDelay.ts). */
export type Refusal = { ok: false; reason: RefusalReason; message: string; retryAfterMs: number | undefined };
export type Answer = { ok: true } | Refusal;

export const ACCEPTED: Answer = { ok: true };

export function refusal(reason: RefusalReason, message: string, retryAfterMs?: number): Refusal {
  return { ok: false, reason, message, retryAfterMs };
}

/** What is known of a request besides its bytes. `networkMs`: first to last byte in; `isRecovered`: a process before this one had received it. */
export type AboutRequest = { isSample: boolean; networkMs: number; isRecovered?: true };

/**
 * What a receiver hands on and reports to. `accept` takes the protobuf request in bytes[start, end) and is done with these bytes when it returns; the answer may come
 * later, as a promise that never rejects.
 */
export type Intake = {
  accept(bytes: Buffer, start: number, end: number, about: AboutRequest): Answer | Promise<Answer>;
  /** A request that was turned away before its spans were known. */
  refused(reason: RefusalReason): void;
  bytesReceived(bytes: number): void;
  /** So many bytes came in, or were decompressed into, buffers made for them alone: they are garbage now. */
  buffersDropped(bytes: number): void;
  /** First to last byte in, in seconds. */
  network(seconds: number): void;
  /** First byte in until the answer was handed to the socket, in seconds. */
  acknowledged(seconds: number): void;
};
