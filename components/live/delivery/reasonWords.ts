import { SHED_PREFIX } from "#domain/telemetry/delivery.ts";

const WORDS: Record<string, string> = {
  queue_full: "the queue is at its bound",
  wal_full: "the write-ahead log is at its bound",
  wal_failed: "the write-ahead log can't be written",
  wal_behind: "the disk is slower than the traffic",
  wal_corrupt: "a part of the log on disk can't be read",
  wal_unfit: "it came back from the log and does not fit what runs now",
  memory_limit: "memory is at its limit",
  busy: "too many requests at the same time",
  client_limit: "one client has as many requests at the same time as it may",
  client_share: "room is scarce, and this client takes more than its fair share",
  draining: "the collector is stopping",
  malformed: "not OTLP as it should be",
  too_large: "larger than a request may be",
  too_deep: "nested deeper than a request may be",
  unsupported: "an encoding or a path that is not supported",
  unauthenticated: "no token, or one that is not known",
  not_taken: "the destination does not take this kind of telemetry",
  retry_exhausted: "tried again for as long as the settings allow",
  permanent_error: "the backend said not to send it again",
  backend_rejected: "the backend took the batch and rejected these spans",
  archive_failed: "could not be written to the archive",
  shutdown: "not delivered by the end of a stop, and no log to keep it",
};

/** What a reason means, in a few words; nothing for one that this version does not know. */
export function reasonWords(reason: string): string {
  if (reason.startsWith(SHED_PREFIX)) return `memory is tight: the tier ${reason.slice(SHED_PREFIX.length)} is shed`;
  return WORDS[reason] ?? "";
}
