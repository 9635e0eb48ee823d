import path from "node:path";
import { diskProblem } from "./diskProblem.ts";
import { readDoneFiles, type SettledInFiles, settledWithin } from "./doneFile.ts";
import { RecordTable } from "./recordTable.ts";
import { FOUND_SEQ_MAX, peekSegment, type ScanEnd, scanSegment } from "./scanSegment.ts";
import { doneName, firstSeqOf, isDoneFile, newSegment, type Segment } from "./segmentStore.ts";
import { codeOf, type WalFile, type WalFiles } from "./walFiles.ts";
import { DONE_ENTRY_BYTES, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES, type SegmentHeader } from "./walRecord.ts";

/** What was found at open. `records`, `spans` and `bytes` (of their payloads) are unsettled and whole; the rest is what could not be read. */
export type Recovered = {
  records: number;
  spans: number;
  bytes: number;
  /** Cut off at the end: the write of a process that was killed in the middle of it. Nobody was told that it is safe. */
  tornBytes: number;
  /** Damaged in place, and the unsettled records and spans that were in there, as far as their headers or neighbours still say. */
  corruptBytes: number;
  lostRecords: number;
  lostSpans: number;
};

export type Found = { segments: Segment[]; nextSeq: number; recovered: Recovered; notes: string[]; otherBytes: number };

const NOTES_MAX = 20;

type Candidate = { name: string; bytes: number; nameSeq: number; header: SegmentHeader | undefined };
type Scanned = { candidate: Candidate; segment: Segment; end: ScanEnd };

/** Reads what earlier processes left in the folder. Rejects with errors of the disk that may pass; whatever the files contain, it does not reject for that. */
export async function recoverSegments(files: WalFiles, folder: string): Promise<Found> {
  const recovery = new Recovery(files, folder);
  await recovery.run();
  return recovery.found;
}

class Recovery {
  readonly found: Found = {
    segments: [],
    nextSeq: 0,
    recovered: { records: 0, spans: 0, bytes: 0, tornBytes: 0, corruptBytes: 0, lostRecords: 0, lostSpans: 0 },
    notes: [],
    otherBytes: 0,
  };
  readonly #files: WalFiles;
  readonly #folder: string;
  #settled: SettledInFiles = { all: new Map(), byFile: new Map() };
  #untold = 0;

  constructor(files: WalFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  async run(): Promise<void> {
    const list = await this.#files.list(this.#folder);
    this.#settled = await readDoneFiles(this.#files, this.#folder, list);
    const doneBytes = new Map(list.filter(({ name }) => isDoneFile(name)).map(({ name, bytes }) => [name, bytes]));
    const scanned: Scanned[] = [];
    for (const candidate of await this.#candidates(list)) {
      const one = await this.#scan(candidate, scanned);
      if (one === undefined) continue;
      one.segment.doneBytes = wholeEntries(doneBytes.get(doneName(candidate.name)) ?? 0);
      scanned.push(one);
    }
    for (const [index, one] of scanned.entries()) await this.#judgeTail(one, scanned.slice(index + 1));
    this.found.segments = scanned.map(({ segment }) => segment);
    if (this.#untold > 0) this.found.notes.push(`and ${this.#untold} more`);
  }

  /** In the order of their first sequence numbers, which the names may not tell after somebody moved files about. */
  async #candidates(list: readonly { name: string; bytes: number }[]): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    for (const { name, bytes } of list) {
      const nameSeq = firstSeqOf(name);
      if (nameSeq === undefined) continue;
      const header = await this.#withFile(name, peekSegment);
      if (header === "newer" || header === "unreadable") {
        this.#leave(name, bytes, nameSeq, header === "newer" ? "was written by a later version of this program; it is left as it is" : "can't be read");
        continue;
      }
      const isSane = header !== undefined && header.firstSeq < FOUND_SEQ_MAX;
      candidates.push({ name, bytes, nameSeq, header: isSane ? header : undefined });
    }
    const firstOf = ({ header, nameSeq }: Candidate) => header?.firstSeq ?? nameSeq;
    return candidates.sort((a, b) => firstOf(a) - firstOf(b) || (a.name < b.name ? -1 : 1));
  }

  async #scan(candidate: Candidate, before: readonly Scanned[]): Promise<Scanned | undefined> {
    const { name, bytes, header, nameSeq } = candidate;
    const table = new RecordTable(header?.firstSeq ?? nameSeq);
    const { recovered } = this.found;
    const own = this.#settled.byFile.get(doneName(name));
    let foreignBytes = 0;
    // Without its start a file's name alone says where its numbers begin, and that may be wrong.
    const overlapping = header === undefined ? before : before.filter((one) => one.segment.table.endSeq > table.firstSeq);
    const end = await this.#withFile(name, (file) =>
      scanSegment(file, bytes, header, {
        record: (session, seq, spans, atMs, offset, payloadBytes) => {
          const other = overlapping.find((one) => one.segment.table.has(seq));
          if (other !== undefined) {
            // Written twice after a failure; or a file of another log, whose numbers are taken here.
            if (other.end.session !== session) foreignBytes += payloadBytes + RECORD_HEADER_BYTES;
            return;
          }
          if (table.count === 0) table.reset(seq);
          else if (seq > table.endSeq) table.addAbsent(seq - table.endSeq, offset);
          table.add(spans, atMs, offset);
          // Written down in another segment's file it would be forgotten with that segment.
          if (settledWithin(this.#settled.all, session, seq, seq + 1) > 0) table.settle(seq, seq + 1, settledWithin(own, session, seq, seq + 1) > 0);
          else {
            recovered.records++;
            recovered.spans += spans;
            recovered.bytes += payloadBytes;
          }
        },
        corrupt: (corruptBytes, lost) => {
          recovered.corruptBytes += corruptBytes;
          if (lost === undefined) return;
          this.#lose(lost.session, lost.fromSeq, lost.toSeq, lost.spans);
          if (table.count === 0) table.reset(lost.fromSeq);
          if (lost.toSeq > table.endSeq) table.addAbsent(lost.toSeq - table.endSeq, SEGMENT_HEADER_BYTES, true);
        },
      }),
    );
    if (end === "unreadable") {
      this.#leave(name, bytes, nameSeq, "can't be read");
      return undefined;
    }
    const segment = newSegment(name, end.session ?? 0, table);
    segment.bytes = bytes;
    if (foreignBytes > 0) {
      recovered.corruptBytes += foreignBytes;
      this.#note(`${name}: holds records of another log with numbers that are in use here; they are left out`);
    }
    this.found.nextSeq = Math.max(this.found.nextSeq, end.nextSeq ?? 0, table.count === 0 ? 0 : table.endSeq);
    return { candidate, segment, end };
  }

  /** What follows the last whole record of a segment is cut off, so that it is counted once. */
  async #judgeTail({ segment, end }: Scanned, later: readonly Scanned[]): Promise<void> {
    const { tail } = end;
    const { recovered } = this.found;
    if (tail.bytes === 0) return;
    const next = later.find((one) => one.end.session === end.session && one.candidate.header !== undefined)?.candidate.header;
    const isRepeated = next !== undefined && end.nextSeq !== undefined && next.firstSeq <= end.nextSeq;
    if (isRepeated || (next === undefined && tail.kind === "torn")) recovered.tornBytes += tail.bytes;
    else {
      recovered.corruptBytes += tail.bytes;
      if (next !== undefined && end.nextSeq !== undefined) this.#lose(end.session, end.nextSeq, next.firstSeq, (next.spansBefore - end.spansBefore) >>> 0);
      else if (tail.seq !== undefined) this.#lose(end.session, tail.seq, tail.seq + 1, tail.spans);
      this.#note(`${segment.name}: ${tail.bytes} bytes at its end are no records; they are cut off`);
      // Their numbers may have been given out: no new record gets one of them.
      this.found.nextSeq = Math.max(this.found.nextSeq, (end.nextSeq ?? 0) + Math.ceil(tail.bytes / RECORD_HEADER_BYTES));
    }
    try {
      await this.#files.truncate(path.join(this.#folder, segment.name), end.wholeBytes);
      segment.bytes = end.wholeBytes;
    } catch (error) {
      this.#note(`${segment.name}: its end can't be cut off: ${diskProblem(error, this.#folder)}`);
    }
  }

  /** Where some of them are settled it is not known which spans were theirs: `lostSpans` is the most that it can be then. */
  #lose(session: number | undefined, fromSeq: number, toSeq: number, spans: number): void {
    const unsettled = toSeq - fromSeq - settledWithin(this.#settled.all, session, fromSeq, toSeq);
    if (unsettled <= 0) return;
    this.found.recovered.lostRecords += unsettled;
    this.found.recovered.lostSpans += spans;
  }

  /** A file that stays as it is: it takes up room, and its numbers are not given out again. */
  #leave(name: string, bytes: number, nameSeq: number, why: string): void {
    this.found.otherBytes += bytes;
    const end = nameSeq + Math.ceil(bytes / RECORD_HEADER_BYTES);
    if (end < FOUND_SEQ_MAX) this.found.nextSeq = Math.max(this.found.nextSeq, end);
    this.#note(`${path.join(this.#folder, name)}: ${why}, and its ${bytes} bytes count towards wal.bytesMax until it is removed`);
  }

  #note(text: string): void {
    if (this.found.notes.length < NOTES_MAX) this.found.notes.push(text);
    else this.#untold++;
  }

  /** `unreadable` when this file is broken on the disk; rejects when it may be readable later. */
  async #withFile<T>(name: string, use: (file: WalFile) => Promise<T>): Promise<T | "unreadable"> {
    let file: WalFile | undefined;
    try {
      file = await this.#files.openToRead(path.join(this.#folder, name));
      return await use(file);
    } catch (error) {
      if (!["EIO", "EUCLEAN", "EBADMSG", "ENOENT", "EISDIR"].includes(codeOf(error))) throw error;
      return "unreadable";
    } finally {
      await file?.close();
    }
  }
}

function wholeEntries(bytes: number): number {
  return bytes - (bytes % DONE_ENTRY_BYTES);
}
