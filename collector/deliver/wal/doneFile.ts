import path from "node:path";
import { doneName, firstSeqOf, isDoneFile } from "./segmentStore.ts";
import type { WalFile, WalFiles } from "./walFiles.ts";
import { DONE_ENTRY_BYTES, type DoneRange, readDoneEntry } from "./walRecord.ts";

const READ_BYTES = DONE_ENTRY_BYTES * 8192;

/** Settled ranges by session, ascending and apart. A session is in the entry, so that a file that was swapped or left over settles nothing else. */
export type Settled = Map<number, DoneRange[]>;
/** Of all files, and of each by its name. */
export type SettledInFiles = { all: Settled; byFile: Map<string, Settled> };

/** Reads every `.done` file and removes those without a segment. An entry that is damaged is left out: its records are delivered again. */
export async function readDoneFiles(files: WalFiles, folder: string, found: readonly { name: string; bytes: number }[]): Promise<SettledInFiles> {
  const segments = new Set(found.filter(({ name }) => firstSeqOf(name) !== undefined).map(({ name }) => doneName(name)));
  const byFile = new Map<string, Settled>();
  for (const { name, bytes } of found) {
    if (!isDoneFile(name)) continue;
    const file = path.join(folder, name);
    if (!segments.has(name)) {
      await files.remove(file);
      continue;
    }
    const handle = await files.openToRead(file);
    try {
      const settled: Settled = new Map();
      await readEntries(handle, bytes, settled);
      byFile.set(name, mergedAll([settled]));
    } finally {
      await handle.close();
    }
  }
  return { all: mergedAll([...byFile.values()]), byFile };
}

async function readEntries(file: WalFile, bytes: number, settled: Settled): Promise<void> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let at = 0; at + DONE_ENTRY_BYTES <= bytes; ) {
    const read = await file.read(buffer, 0, READ_BYTES, at);
    const whole = read - (read % DONE_ENTRY_BYTES);
    if (whole === 0) return;
    for (let entry = 0; entry < whole; entry += DONE_ENTRY_BYTES) {
      const range = readDoneEntry(buffer, entry);
      if (range !== undefined) addRange(settled, range);
    }
    at += whole;
  }
}

function addRange(settled: Settled, range: DoneRange): void {
  const ranges = settled.get(range.session);
  const last = ranges?.[ranges.length - 1];
  if (ranges === undefined) settled.set(range.session, [range]);
  else if (last?.toSeq === range.fromSeq) last.toSeq = range.toSeq;
  else ranges.push(range);
}

function mergedAll(parts: readonly Settled[]): Settled {
  const all: Settled = new Map();
  for (const part of parts) for (const [session, ranges] of part) all.set(session, [...(all.get(session) ?? []), ...ranges.map((range) => ({ ...range }))]);
  for (const [session, ranges] of all) all.set(session, merged(ranges));
  return all;
}

function merged(ranges: DoneRange[]): DoneRange[] {
  ranges.sort((a, b) => a.fromSeq - b.fromSeq);
  const result: DoneRange[] = [];
  for (const range of ranges) {
    const last = result[result.length - 1];
    if (last !== undefined && range.fromSeq <= last.toSeq) last.toSeq = Math.max(last.toSeq, range.toSeq);
    else result.push(range);
  }
  return result;
}

/** How many of the range are settled. */
export function settledWithin(settled: Settled | undefined, session: number | undefined, fromSeq: number, toSeq: number): number {
  const ranges = session === undefined ? undefined : settled?.get(session);
  if (ranges === undefined) return 0;
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle].toSeq <= fromSeq) low = middle + 1;
    else high = middle;
  }
  let count = 0;
  for (; low < ranges.length && ranges[low].fromSeq < toSeq; low++) count += Math.min(toSeq, ranges[low].toSeq) - Math.max(fromSeq, ranges[low].fromSeq);
  return count;
}
