/** A piece of a recording: spans that came within one moment, of the traces that were recorded then. */
export type RecordedPart = {
  /** When its spans were received, Unix milliseconds. */
  atMs: number;
  /** An ExportTraceServiceRequest with the recorded spans, byte for byte as they came but for redacted values. */
  request: Buffer;
  spans: number;
  /** The share of the traces that was recorded at that time, those with the lowest hashes of their id (recordedShare.ts): a lower share is a part of a higher one. */
  share: number;
  /** Everything that was received and accepted since the part before of the same thread, recorded or not; what came while nothing could be recorded is in a gap instead. */
  seenSpans: number;
  seenBytes: number;
};

export type RecordingGap = { fromMs: number; untilMs: number; reason: string };

/** What lies on disk of a collector's recordings, over all its threads, as it stood when it was opened. */
export type Recording = {
  /** What it covers of the time asked for; equal when there is nothing. */
  fromMs: number;
  untilMs: number;
  /** On disk, of the time asked for. */
  bytes: number;
  /** The lowest share in it: traces up to it are whole wherever nothing is missing. */
  share: number;
  /** Attributes whose values were redacted in some of it. */
  redacted: readonly string[];
  gaps: readonly RecordingGap[];
  /**
   * All parts, the oldest first, each with how many bytes of the disk have been read by then, and good until the next is asked for. A file that was rotated away or is torn meanwhile is left out and
   * counted as a gap. Ends when the signal aborts.
   */
  parts(signal: AbortSignal): AsyncIterable<{ part: RecordedPart; bytesRead: number }>;
};
