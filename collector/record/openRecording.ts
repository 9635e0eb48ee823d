import { readdir } from "node:fs/promises";
import path from "node:path";
import type { Recording, RecordingGap } from "./recording.ts";
import { type LaneFigures, type ReadPart, RecordingLane } from "./recordingLane.ts";

export const RECORDING_FOLDER = "recording";
/** A thread that writes says at least every half minute that it still does. */
const SILENT_MS = 90_000;
const SILENT = "one thread of the collector has recorded nothing any more";

type Lane = { lane: RecordingLane; figures: LaneFigures; isThread: boolean };

/**
 * What a collector with this data folder has recorded, all its threads together, of the last `backMs` before `now` (Unix milliseconds). Needs nothing but the folder, so any
 * thread or process can ask while the collector records. Never rejects: what can't be read is a gap.
 */
export async function openRecording(dataFolder: string, backMs: number, now: number): Promise<Recording> {
  const sinceMs = now - backMs;
  const lanes: Lane[] = [];
  for (const { folder, isThread } of await laneFolders(dataFolder)) {
    const lane = await RecordingLane.open(folder, sinceMs);
    const figures = await lane.look();
    if (figures.fromMs !== undefined) lanes.push({ lane, figures, isThread });
  }
  if (lanes.length === 0) return { fromMs: now, untilMs: now, bytes: 0, share: 1, redacted: [], gaps: [], async *parts() {} };
  const { fromMs, untilMs } = coverage(lanes, sinceMs);
  const found = lanes.flatMap(({ figures }) => figures.gaps);
  for (const { figures, isThread } of lanes) {
    if (isThread && !figures.ended && untilMs - figures.untilMs > SILENT_MS) found.push({ fromMs: figures.untilMs, untilMs, reason: SILENT });
  }
  const gaps = merged(found, fromMs, untilMs);
  return {
    ...{ fromMs, untilMs, gaps },
    bytes: lanes.reduce((sum, { figures }) => sum + figures.bytes, 0),
    share: Math.min(...lanes.map(({ figures }) => figures.share)),
    redacted: [...new Set(lanes.flatMap(({ figures }) => [...figures.redact]))].sort(),
    async *parts(signal) {
      let bytesRead = 0;
      const tell = (gap: RecordingGap) => gaps.splice(0, gaps.length, ...merged([...gaps, gap], fromMs, untilMs));
      const readers = lanes.map(({ lane }) => lane.parts(signal, tell));
      try {
        for await (const { part, bytes } of inOrder(readers)) {
          bytesRead += bytes;
          if (signal.aborted) return;
          if (part !== undefined && part.atMs >= fromMs) yield { part, bytesRead };
        }
      } finally {
        await Promise.all(readers.map((reader) => reader.return(undefined)));
      }
    },
  };
}

/** A folder for each thread, and in it one for each thread that there was before and is not any more. */
async function laneFolders(dataFolder: string): Promise<{ folder: string; isThread: boolean }[]> {
  const workers = path.join(dataFolder, "workers");
  const numbers = (await foldersIn(workers)).map((name) => path.join(workers, name));
  const folders: { folder: string; isThread: boolean }[] = [];
  for (const thread of [dataFolder, ...numbers]) {
    const folder = path.join(thread, RECORDING_FOLDER);
    folders.push({ folder, isThread: true });
    for (const name of await foldersIn(folder)) folders.push({ folder: path.join(folder, name), isThread: false });
  }
  return folders;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Where older files of one thread have been deleted, those of the others don't hold everything any more: it begins where all of them do. */
function coverage(lanes: readonly Lane[], sinceMs: number): { fromMs: number; untilMs: number } {
  const starts = lanes.map(({ figures }) => Math.max(sinceMs, figures.fromMs ?? 0));
  const cut = lanes.flatMap(({ figures }, at) => (figures.isCut ? [starts[at]] : []));
  const untilMs = Math.max(...lanes.map(({ figures }) => figures.untilMs));
  return { fromMs: Math.min(Math.max(Math.min(...starts), ...cut), untilMs), untilMs };
}

/** Within the time that is covered, in order; those with the same reason that touch are one. */
function merged(gaps: readonly RecordingGap[], fromMs: number, untilMs: number): RecordingGap[] {
  const clipped = gaps.map((gap) => ({ ...gap, fromMs: Math.max(gap.fromMs, fromMs), untilMs: Math.min(gap.untilMs, untilMs) }));
  const all: RecordingGap[] = [];
  for (const gap of clipped.filter((one) => one.fromMs <= one.untilMs).sort((one, other) => one.fromMs - other.fromMs)) {
    const same = all.find((one) => one.reason === gap.reason && one.untilMs >= gap.fromMs);
    if (same === undefined) all.push(gap);
    else same.untilMs = Math.max(same.untilMs, gap.untilMs);
  }
  return all;
}

/** The next of all readers is the one that came first; each is as far ahead as one part. */
async function* inOrder(readers: readonly AsyncGenerator<ReadPart>[]): AsyncGenerator<ReadPart> {
  const heads: { reader: AsyncGenerator<ReadPart>; next: ReadPart }[] = [];
  const advance = async (reader: AsyncGenerator<ReadPart>) => {
    const { value, done } = await reader.next();
    if (done !== true) heads.push({ reader, next: value });
  };
  for (const reader of readers) await advance(reader);
  while (heads.length > 0) {
    let first = 0;
    for (let at = 1; at < heads.length; at++) if (timeOf(heads[at].next) < timeOf(heads[first].next)) first = at;
    const [{ reader, next }] = heads.splice(first, 1);
    yield next;
    await advance(reader);
  }
}

/** What says only how much has been read goes first. */
const timeOf = ({ part }: ReadPart) => part?.atMs ?? 0;
