import path from "node:path";
import { RecordTable } from "./recordTable.ts";
import { newSegment, type Segment, type SegmentStore, segmentName } from "./segmentStore.ts";
import type { Slot } from "./staging.ts";
import { codeOf, type WalFile, type WalFiles, writeAll } from "./walFiles.ts";
import { SEGMENT_HEADER_BYTES, segmentHeader } from "./walRecord.ts";

export type Fsync = "always" | "interval" | "never";
const SERIALS = 1000;

/** Writes slots into the current segment and begins new ones. After any failure the next write goes into a new file: what the old one holds behind its last whole write is unknown. */
export class SegmentWriter {
  readonly #files: WalFiles;
  readonly #store: SegmentStore;
  readonly #session: number;
  readonly #unsynced = new Set<Segment>();
  #folderUnsynced = false;
  /** One without records that a failure left; the next one is not begun before it is gone, so that there is never more than one. */
  #leftover: Segment | undefined;

  constructor(files: WalFiles, store: SegmentStore, session: number) {
    this.#files = files;
    this.#store = store;
    this.#session = session;
  }

  get needsSync(): boolean {
    return this.#unsynced.size > 0 || this.#folderUnsynced;
  }

  /** The path that a failure is about. */
  get path(): string {
    return this.#store.current === undefined ? this.#store.folder : this.#store.pathOf(this.#store.current);
  }

  async write(slot: Slot, segmentBytesMax: number, fsync: Fsync): Promise<void> {
    const before = this.#store.current;
    if (before !== undefined && (before.bytes + slot.used > segmentBytesMax || before.table.endSeq !== slot.table.firstSeq)) await this.seal();
    if (this.#store.current === undefined) await this.begin(slot.table.firstSeq, slot.spansBefore, fsync);
    const segment = this.#store.current;
    if (segment?.file === undefined) throw new Error("a segment was begun without a file");
    try {
      await writeAll(segment.file, slot.buffer, 0, slot.used, segment.bytes);
      if (fsync === "always") await segment.file.sync();
    } catch (error) {
      await this.#abandon(segment, slot.used);
      throw error;
    }
    this.#store.append(segment, slot.table, slot.used);
    if (fsync === "interval") this.#unsynced.add(segment);
  }

  /**
   * The same in this thread where one system call does it: false where more is needed, or the disk takes less or nothing. Then nothing counts as written, and `write`,
   * which writes over it, says what is wrong.
   */
  writeNow(slot: Slot, segmentBytesMax: number, fsync: Fsync): boolean {
    const segment = this.#store.current;
    if (segment?.file === undefined || fsync === "always") return false;
    if (segment.bytes + slot.used > segmentBytesMax || segment.table.endSeq !== slot.table.firstSeq) return false;
    try {
      if (segment.file.writeNow(slot.buffer, 0, slot.used, segment.bytes) < slot.used) return false;
    } catch {
      return false;
    }
    this.#store.append(segment, slot.table, slot.used);
    if (fsync === "interval") this.#unsynced.add(segment);
    return true;
  }

  async begin(firstSeq: number, spansBefore: number, fsync: Fsync): Promise<void> {
    if (this.#leftover !== undefined && this.#store.has(this.#leftover)) await this.#store.remove(this.#leftover);
    this.#leftover = undefined;
    const { name, file } = await this.#create(firstSeq);
    const segment = newSegment(name, this.#session, new RecordTable(firstSeq));
    segment.file = file;
    segment.bytes = SEGMENT_HEADER_BYTES;
    this.#store.add(segment);
    this.#store.current = segment;
    try {
      await writeAll(file, segmentHeader({ session: this.#session, firstSeq, spansBefore }), 0, SEGMENT_HEADER_BYTES, 0);
      if (fsync === "always") await this.#files.syncFolder(this.#store.folder);
      else if (fsync === "interval") {
        this.#folderUnsynced = true;
        this.#unsynced.add(segment);
      }
    } catch (error) {
      await this.#abandon(segment, 0);
      throw error;
    }
  }

  /** Nothing more is written into the current one. It stays open until it is synced. */
  async seal(): Promise<void> {
    const segment = this.#store.current;
    if (segment === undefined) return;
    this.#store.current = undefined;
    segment.table.trim();
    this.#store.touch(segment);
    if (!this.#unsynced.has(segment)) await closeFile(segment);
  }

  /** Forces to the disk what was written since the last time. Rejects when the disk can't; whether that data is safe is not known then. */
  async sync(): Promise<void> {
    if (this.#folderUnsynced) {
      await this.#files.syncFolder(this.#store.folder);
      this.#folderUnsynced = false;
    }
    for (const segment of [...this.#unsynced]) {
      this.#unsynced.delete(segment);
      try {
        await segment.file?.sync();
      } catch (error) {
        if (!this.#store.has(segment)) continue;
        if (segment === this.#store.current) await this.#abandon(segment, 0);
        else await closeFile(segment).catch(() => undefined);
        throw error;
      }
      if (segment !== this.#store.current && !this.#unsynced.has(segment)) await closeFile(segment);
    }
  }

  /** The current segment's file is not there any more. */
  async isGone(): Promise<boolean> {
    const segment = this.#store.current;
    if (segment === undefined || (await this.#files.exists(this.#store.pathOf(segment)))) return false;
    if (segment === this.#store.current) await this.#abandon(segment, 0);
    return true;
  }

  async #create(firstSeq: number): Promise<{ name: string; file: WalFile }> {
    for (let serial = 0; ; serial++) {
      const name = segmentName(firstSeq, serial);
      try {
        return { name, file: await this.#files.create(path.join(this.#store.folder, name)) };
      } catch (error) {
        if (codeOf(error) !== "EEXIST" || serial >= SERIALS - 1) throw error;
      }
    }
  }

  async #abandon(segment: Segment, tornBytes: number): Promise<void> {
    this.#store.current = undefined;
    this.#unsynced.delete(segment);
    segment.table.trim();
    this.#store.touch(segment);
    if (segment.table.count === 0) this.#leftover = segment;
    await closeFile(segment).catch(() => undefined);
    if (tornBytes === 0) return;
    // Should this fail too, the torn end is skipped when the segment is read.
    await this.#files.truncate(this.#store.pathOf(segment), segment.bytes).catch(() => this.#store.addSlack(segment, tornBytes));
  }
}

async function closeFile(segment: Segment): Promise<void> {
  const file = segment.file;
  segment.file = undefined;
  await file?.close();
}
