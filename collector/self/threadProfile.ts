/** One function as called from its parent, and what it cost itself, by source line (1-based, 0 where not known). */
export type ProfileNode = {
  /** Index of the caller, which stands before it; -1 for what nobody called. */
  parent: number;
  name: string;
  /** As V8 knows the script: a file URL, `node:…`, or empty for what is part of the engine. */
  url: string;
  startLine: number;
  own: { line: number; samples: number; value: number }[];
};

/** What one thread did: values in nanoseconds of CPU, or in bytes of heap. A plain value that can go to another thread. */
export type ThreadProfile = { thread: string; startMs: number; durationMs: number; nodes: ProfileNode[] };
