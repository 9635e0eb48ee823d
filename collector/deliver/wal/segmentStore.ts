import path from "node:path";
import type { RecordTable, SeqRange } from "./recordTable.ts";
import { type WalFile, type WalFiles, writeAll } from "./walFiles.ts";
import { DONE_ENTRY_BYTES, writeDoneEntry } from "./walRecord.ts";

const ENTRIES_AT_ONCE = 3000;

/** A file of records, and beside it one that says which of them are settled. */
export type Segment = {
  readonly name: string;
  readonly session: number;
  readonly table: RecordTable;
  /** How far records reach in the file. */
  bytes: number;
  /** What lies behind that and could not be cut off. */
  slackBytes: number;
  doneBytes: number;
  /** Open for writing, or until it is synced. */
  file: WalFile | undefined;
};

export function newSegment(name: string, session: number, table: RecordTable): Segment {
  return { name, session, table, bytes: 0, slackBytes: 0, doneBytes: 0, file: undefined };
}

const SEGMENT_FILE = /^(\d{20})(?:-\d{1,3})?\.wal$/;
const DONE_FILE = /^\d{20}(?:-\d{1,3})?\.done$/;

/** `00000000000000001234.wal`; the serial keeps two of the same first number apart. */
export function segmentName(firstSeq: number, serial: number): string {
  return `${String(firstSeq).padStart(20, "0")}${serial === 0 ? "" : `-${serial}`}.wal`;
}

export function doneName(name: string): string {
  return name.replace(/\.wal$/, ".done");
}

/** Undefined for a file that is none of the log's segments. */
export function firstSeqOf(name: string): number | undefined {
  const found = SEGMENT_FILE.exec(name);
  return found === null ? undefined : Number(found[1]);
}

export function isDoneFile(name: string): boolean {
  return DONE_FILE.test(name);
}

/** All segments by their first sequence number, which of their records are settled, and the bytes they take on disk. */
export class SegmentStore {
  readonly folder: string;
  bytes = 0;
  records = 0;
  unsettled = 0;
  /** The one being written: it is not deleted here. */
  current: Segment | undefined;
  #segments: Segment[] = [];
  readonly #files: WalFiles;
  readonly #changed = new Set<Segment>();

  constructor(files: WalFiles, folder: string) {
    this.#files = files;
    this.folder = folder;
  }

  pathOf(segment: Segment): string {
    return path.join(this.folder, segment.name);
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  add(segment: Segment): void {
    let at = this.#segments.length;
    while (at > 0 && this.#segments[at - 1].table.firstSeq > segment.table.firstSeq) at--;
    this.#segments.splice(at, 0, segment);
    this.bytes += segment.bytes + segment.slackBytes + segment.doneBytes;
    this.records += segment.table.count;
    this.unsettled += segment.table.unsettled;
    this.#changed.add(segment);
  }

  /** Records of `table` were written at the end of `segment`. */
  append(segment: Segment, table: RecordTable, bytes: number): void {
    segment.table.addAll(table, segment.bytes);
    segment.bytes += bytes;
    this.bytes += bytes;
    this.records += table.count;
    this.unsettled += table.unsettled;
    if (segment.table.dirty) this.#changed.add(segment);
  }

  addSlack(segment: Segment, bytes: number): void {
    segment.slackBytes += bytes;
    this.bytes += bytes;
  }

  has(segment: Segment): boolean {
    return this.#segments.includes(segment);
  }

  /** Whether something was not settled before. */
  settle(fromSeq: number, toSeq: number): boolean {
    let records = 0;
    for (const segment of this.#segments) {
      if (segment.table.firstSeq >= toSeq) break;
      if (segment.table.endSeq <= fromSeq) continue;
      records += this.settleIn(segment, fromSeq, toSeq);
    }
    return records > 0;
  }

  /** The same within one segment; how many. */
  settleIn(segment: Segment, fromSeq: number, toSeq: number): number {
    const settled = segment.table.settle(fromSeq, toSeq);
    this.unsettled -= settled;
    if (settled > 0) this.#changed.add(segment);
    return settled;
  }

  /**
   * Where the next unsettled record at or after `fromSeq` is; what comes from `untilSeq` on is in another segment. Segments may overlap where a write was
   * repeated after a failure.
   */
  find(fromSeq: number): { segment: Segment; seq: number; untilSeq: number } | undefined {
    let found: Segment | undefined;
    let seq = Number.POSITIVE_INFINITY;
    let untilSeq = Number.POSITIVE_INFINITY;
    for (const segment of this.#segments) {
      if (segment.table.firstSeq >= untilSeq) break;
      if (segment.table.endSeq <= fromSeq) continue;
      const next = segment.table.nextUnsettled(fromSeq);
      if (next === undefined) continue;
      if (next < seq) {
        untilSeq = seq;
        seq = next;
        found = segment;
      } else untilSeq = Math.min(untilSeq, Math.max(next, seq + 1));
    }
    return found === undefined ? undefined : { segment: found, seq, untilSeq };
  }

  oldest(): Segment | undefined {
    return this.find(0)?.segment;
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  /** Marks a segment for `flush` to look at. */
  touch(segment: Segment): void {
    this.#changed.add(segment);
  }

  /** Deletes segments with nothing unsettled, and writes down what is settled in the others. Rejects with the first error; what was not done is done next time. */
  async flush(segmentsMax: number): Promise<void> {
    let failed: unknown;
    // Oldest first, so that a crash in between leaves a beginning settled and no hole: what is delivered again then is what came last.
    for (const segment of [...this.#changed].sort((a, b) => a.table.firstSeq - b.table.firstSeq).slice(0, segmentsMax)) {
      this.#changed.delete(segment);
      try {
        if (segment.table.unsettled === 0 && segment !== this.current) await this.remove(segment);
        else await this.#writeDone(segment);
      } catch (error) {
        failed ??= error;
        this.#changed.add(segment);
      }
    }
    if (failed !== undefined) throw failed;
  }

  async remove(segment: Segment): Promise<void> {
    const file = segment.file;
    segment.file = undefined;
    await file?.close();
    // In this order: a crash in between leaves settled ranges without records, never records without theirs.
    await this.#files.remove(this.pathOf(segment));
    await this.#files.remove(path.join(this.folder, doneName(segment.name)));
    const at = this.#segments.indexOf(segment);
    if (at < 0) return;
    this.#segments.splice(at, 1);
    this.#changed.delete(segment);
    this.bytes -= segment.bytes + segment.slackBytes + segment.doneBytes;
    this.records -= segment.table.count;
  }

  /** Counts no bytes for files that somebody removed. */
  async forgetMissing(): Promise<void> {
    const there = new Set((await this.#files.list(this.folder)).map(({ name }) => name));
    for (const segment of this.#segments) {
      if (segment === this.current || there.has(segment.name)) continue;
      this.bytes -= segment.bytes + segment.slackBytes + segment.doneBytes;
      segment.bytes = 0;
      segment.slackBytes = 0;
      segment.doneBytes = 0;
      this.#changed.add(segment);
    }
  }

  async #writeDone(segment: Segment): Promise<void> {
    const ranges = segment.table.unwritten();
    if (ranges.length === 0) return;
    const file = await this.#files.openToWrite(path.join(this.folder, doneName(segment.name)));
    try {
      for (let at = 0; at < ranges.length; at += ENTRIES_AT_ONCE) await this.#writeEntries(segment, file, ranges.slice(at, at + ENTRIES_AT_ONCE));
    } finally {
      await file.close();
    }
  }

  async #writeEntries(segment: Segment, file: WalFile, ranges: readonly SeqRange[]): Promise<void> {
    const entries = Buffer.allocUnsafe(ranges.length * DONE_ENTRY_BYTES);
    ranges.forEach((range, index) => {
      writeDoneEntry(entries, index * DONE_ENTRY_BYTES, { session: segment.session, ...range });
    });
    await writeAll(file, entries, 0, entries.length, segment.doneBytes);
    segment.doneBytes += entries.length;
    this.bytes += entries.length;
    segment.table.written(ranges);
  }
}
