// One piece: the state of the log, and everything that runs in the background because of it, have one owner.
import { randomInt } from "node:crypto";
import { AppError } from "../../appError.ts";
import type { Clock } from "../../clock.ts";
import { BatchLoader, type LoadedBatch, type LoadLimits, loadFromSlot } from "./batchLoader.ts";
import { DirectWrites } from "./directWrites.ts";
import { diskProblem, isShortage, shortened } from "./diskProblem.ts";
import { FolderLock } from "./folderLock.ts";
import { HangWatch } from "./hangWatch.ts";
import { type Recovered, recoverSegments } from "./recoverSegments.ts";
import { type Segment, SegmentStore } from "./segmentStore.ts";
import { type Fsync, SegmentWriter } from "./segmentWriter.ts";
import { SLOT_BYTES, Staging } from "./staging.ts";
import { diskFiles, type WalFiles } from "./walFiles.ts";
import { RECORD_BYTES_MAX, RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES } from "./walRecord.ts";

export type WalSettings = { bytesMax: number; fsync: Fsync; fsyncMs: number };

export type WalObserver = {
  /** The state changed, or room may have come free. Called after the tick in which that happened. */
  changed(): void;
  /** Records that `load` came to and that can't be read back: their spans, exactly. */
  lost(spans: number, message: string): void;
};

export type WalRefusal = "wal_full" | "wal_behind" | "wal_failed";

type Parts = {
  folder: string;
  settings: WalSettings;
  clock: Clock;
  observer: WalObserver;
  files?: WalFiles;
  /** Bound of what is known in memory: 5 bytes a record. */
  recordsMax?: number;
  /** A call to the disk that takes longer does not answer. */
  hangMs?: number;
};

const SEGMENT_BYTES_MIN = 1_048_576;
const SEGMENT_BYTES_MAX = 67_108_864;
const SEGMENTS_WITHIN_BOUND = 16;
const RECORDS_MAX = 10_000_000;
/** After it was full it takes records again once so much of the bound is free. */
const ROOM_AGAIN = 0.95;
const HANG_MS = 2_000;
const RETRY_MS = 1_000;
const SETTLE_MS = 100;
/** Segments; the others are next, so that no turn takes long. */
const FLUSHED_AT_ONCE = 16;
const IDLE_MS = 1_000;
const PRESENCE_MS = 1_000;
/** Where a read fails, it is tried again after these, and then given up. */
const READ_PAUSES_MS = [100, 300, 1_000];
/** A log that takes longer to read at the start is opened in the background. */
const OPEN_MS = 10_000;

/**
 * Kept spans on disk until they are delivered: at least once, oldest first, bounded in bytes. Records are copied into memory by `append`, written together, and
 * known from then on by number; `settle` says that some need not be kept. No disk, and nothing that lies on it, makes it throw: `state` and `problem` say what is wrong, and it goes on by itself.
 */
export class WriteAheadLog {
  recovered: Recovered = { records: 0, spans: 0, bytes: 0, tornBytes: 0, corruptBytes: 0, lostRecords: 0, lostSpans: 0 };
  /** About files found at open, for the process's log. */
  notes: readonly string[] = [];
  firstSeq = 0;
  nextSeq = 0;
  state: "ok" | "full" | "behind" | "failed" = "failed";
  problem = "it is not open yet";
  #settings: WalSettings;
  readonly #clock: Clock;
  readonly #observer: WalObserver;
  readonly #files: WalFiles;
  readonly #recordsMax: number;
  readonly #store: SegmentStore;
  readonly #writer: SegmentWriter;
  readonly #loader: BatchLoader;
  readonly #lock: FolderLock;
  readonly #watch: HangWatch;
  readonly #direct: DirectWrites;
  readonly #staging = new Staging();
  readonly #session = randomInt(2 ** 32);
  /** Of this session, mod 2^32. */
  #spans = 0;
  /** Of files that the log can't read and leaves alone. */
  #otherBytes = 0;
  #lastAppendAt = 0;
  #presentAt = 0;
  #isOpen = false;
  #failure: string | undefined;
  #settleProblem = "";
  #readProblem = "";
  #full = false;
  #crowded = false;
  #writing: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #loads: Promise<unknown> = Promise.resolve();
  #closing: Promise<number> | undefined;
  #ended = false;
  /** Told already in this tick; or nobody has the log yet whom it could be told. */
  #told = true;
  readonly #timers = new Map<"retry" | "sync" | "flush", { dueAt: number; cancel: () => void }>();
  readonly #pauses = new Set<() => void>();

  /** Always resolves; what can't be opened is in `state`, and is tried again once a second: `recovered`, `firstSeq` and `nextSeq` are set when `isOpen` is. */
  static async open(parts: Parts): Promise<WriteAheadLog> {
    const log = new WriteAheadLog(parts);
    const opening = log.#run(() => log.#open());
    await Promise.race([opening, log.#pause(OPEN_MS)]);
    log.#endPauses();
    log.#told = false;
    if (!log.#isOpen && log.#failure === undefined) log.problem = `${parts.folder} is still being read`;
    return log;
  }

  private constructor({ folder, settings, clock, observer, files = diskFiles, recordsMax = RECORDS_MAX, hangMs = HANG_MS }: Parts) {
    this.#settings = settings;
    this.#clock = clock;
    this.#observer = observer;
    this.#files = files;
    this.#recordsMax = recordsMax;
    this.#store = new SegmentStore(files, folder);
    this.#writer = new SegmentWriter(files, this.#store, this.#session);
    this.#loader = new BatchLoader(files, this.#store, (segment, fromSeq, toSeq) => this.#lose(segment, fromSeq, toSeq, "damaged"));
    this.#lock = new FolderLock(files, clock, folder);
    this.#watch = new HangWatch(clock, hangMs, () => this.#hangChanged());
    this.#direct = new DirectWrites(clock);
    this.#staging.slotBytes = Math.min(SLOT_BYTES, this.#segmentBytes);
  }

  /** Whether what is in the folder is known: false until it could be read for the first time. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** On disk and on its way there. */
  get bytes(): number {
    return this.#store.bytes + this.#staging.bytes + this.#otherBytes;
  }

  get bytesMax(): number {
    return this.#settings.bytesMax;
  }

  /** When the oldest unsettled record was accepted, Unix ms, to the second. */
  oldestAtMs(): number | undefined {
    const segment = this.#store.oldest();
    if (segment !== undefined) return segment.table.oldestAtMs();
    return this.#staging.slots.find(({ table }) => table.unsettled > 0)?.table.oldestAtMs();
  }

  /** Why so many bytes can't be appended now, or undefined when they can. */
  refusal(bytes: number): WalRefusal | undefined {
    if (!this.#isOpen || this.#failure !== undefined || this.#closing !== undefined) return "wal_failed";
    if (this.#watch.hanging !== undefined) return "wal_behind";
    // Segments go one by one, and the state is looked at after the last.
    if (this.#full) this.#refresh();
    if (this.#full) return "wal_full";
    const size = bytes + RECORD_HEADER_BYTES;
    if (bytes > RECORD_BYTES_MAX || this.bytes + size + SEGMENT_HEADER_BYTES > this.bytesMax || this.#records >= this.#recordsMax) {
      // One record too large for the room that there is does not keep smaller ones out.
      this.#full = !this.#hasRoomAgain;
      this.#refresh();
      return "wal_full";
    }
    if (!this.#crowded && this.#staging.hasRoom(size)) return undefined;
    this.#crowded = true;
    this.#refresh();
    return "wal_behind";
  }

  /** Copies `buffer[start, end)`; returns its number. Numbers are consecutive. Only after `refusal` said undefined for as much in the same tick. */
  append(buffer: Buffer, start: number, end: number, spans: number): number {
    const seq = this.nextSeq++;
    this.#lastAppendAt = this.#clock.now();
    this.#staging.add(seq, Math.max(0, Math.trunc(this.#clock.unixMs())), spans, this.#spans, this.#session, buffer, start, end);
    this.#spans = (this.#spans + spans) >>> 0;
    this.#beginWriting();
    return seq;
  }

  /**
   * Undefined when everything appended is safe by the policy; else a promise that everything appended since shares: true once it is, false when the disk refused
   * it or has not answered for 2 s. What was refused stays in memory, has its number, and is tried again.
   */
  safe(): Promise<boolean> | undefined {
    return this.#staging.safe();
  }

  /** Records [fromSeq, toSeq) need not be kept any more. */
  settle(fromSeq: number, toSeq: number): void {
    this.#store.settle(fromSeq, toSeq);
    for (const { table } of this.#staging.slots) table.settle(fromSeq, toSeq);
    if (this.#store.hasChanges) this.#later("flush", SETTLE_MS);
  }

  /**
   * The next unsettled records from `fromSeq` on, in order, payloads one behind the other from byte BATCH_HEADROOM on; at least one record, whatever the limits.
   * Undefined when there is none, or the log is closed. Never rejects: what can't be read is told to `lost`, and counts as settled.
   */
  load(fromSeq: number, limits: LoadLimits): Promise<LoadedBatch | undefined> {
    const turn = this.#loads.then(() => this.#load(fromSeq, limits));
    this.#loads = turn;
    return turn;
  }

  configure(settings: WalSettings): void {
    this.#settings = settings;
    this.#staging.slotBytes = Math.min(SLOT_BYTES, this.#segmentBytes);
    this.#full = false;
    this.#scheduleSync();
    this.#refresh();
    this.#notify();
  }

  /** Writes and syncs what is pending, and ends everything that runs. Returns the unsettled spans that could not be written by the deadline. */
  close(deadlineMs: number): Promise<number> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  /** After `close`: removes the folder when nothing in it is unsettled, and says whether it did. Files that are not the log's keep it there. */
  async removeIfEmpty(): Promise<boolean> {
    if (!this.#isOpen || !this.#ended || this.#store.segments.length > 0 || this.#staging.first !== undefined) return false;
    try {
      await this.#files.removeFolder(this.#store.folder);
      return !(await this.#files.exists(this.#store.folder));
    } catch {
      return false;
    }
  }

  get #segmentBytes(): number {
    return Math.min(SEGMENT_BYTES_MAX, Math.max(SEGMENT_BYTES_MIN, Math.floor(this.#settings.bytesMax / SEGMENTS_WITHIN_BOUND)));
  }

  get #records(): number {
    return this.#store.records + this.#staging.records;
  }

  get #hasRoomAgain(): boolean {
    return this.bytes <= this.bytesMax * ROOM_AGAIN && this.#records <= this.#recordsMax * ROOM_AGAIN;
  }

  // --- opening, and the way back from a failure ---

  async #open(): Promise<void> {
    const { folder } = this.#store;
    await this.#files.makeFolder(folder);
    await this.#lock.take();
    this.#direct.isLocal = await this.#files.isLocal(folder).catch(() => false);
    const { segments, nextSeq, recovered, notes, otherBytes } = await recoverSegments(this.#files, folder);
    for (const segment of segments) this.#store.add(segment);
    this.#otherBytes = otherBytes;
    this.recovered = recovered;
    this.notes = notes;
    this.nextSeq = nextSeq;
    this.firstSeq = this.#store.find(0)?.seq ?? nextSeq;
    this.#isOpen = true;
    if (this.#store.hasChanges) this.#later("flush", SETTLE_MS);
    this.#notify();
  }

  async #recover(): Promise<void> {
    if (!this.#isOpen) return this.#open();
    await this.#watch.during("opening the folder", async () => {
      await this.#files.makeFolder(this.#store.folder);
      await this.#lock.retake();
      await this.#store.forgetMissing();
    });
    // With nothing to write, a new segment shows whether the disk takes one.
    if (this.#staging.first === undefined && this.#store.current === undefined) {
      await this.#watch.during("a write", () => this.#writer.begin(this.nextSeq, this.#spans, this.#settings.fsync));
    }
    await this.#writeStaged();
    if (this.#settings.fsync === "interval") await this.#watch.during("fdatasync", () => this.#writer.sync());
  }

  /** Runs what writes; one at a time. */
  #run(work: () => Promise<void>): Promise<void> {
    const run = async () => {
      const before = this.#failure;
      try {
        await work();
        // Else a sync has failed meanwhile.
        if (this.#failure === before) this.#failure = undefined;
      } catch (error) {
        this.#fail(error);
      }
      this.#writing = undefined;
      this.#beginWriting();
      this.#scheduleSync();
      this.#refresh();
    };
    this.#writing = run();
    return this.#writing;
  }

  #retry(): void {
    if (this.#closing !== undefined) return;
    if (this.#writing === undefined) void this.#run(() => this.#recover());
    else this.#later("retry", RETRY_MS);
  }

  #fail(error: unknown): void {
    const why = error instanceof AppError ? error.message : diskProblem(error, this.#writer.path);
    this.#failure = shortened(`${why}; what is not written is kept in memory and tried again each second`);
    this.#staging.fail();
    this.#later("retry", RETRY_MS);
    this.#refresh();
  }

  // --- writing ---

  #beginWriting(): void {
    if (this.#writing !== undefined || this.#failure !== undefined || !this.#isOpen || this.#staging.first === undefined || this.#closing !== undefined) return;
    // Everything else that this turn of the event loop appends goes into the same write.
    const turn = Promise.withResolvers<void>();
    this.#writing = turn.promise;
    setImmediate(() => {
      this.#writing = undefined;
      this.#writeNow();
      if (this.#staging.first !== undefined && this.#closing === undefined) void this.#run(() => this.#writeStaged());
      turn.resolve();
    });
  }

  /** Writes what it may in this thread. */
  #writeNow(): void {
    if (this.#failure !== undefined || this.#clock.now() - this.#presentAt >= PRESENCE_MS) return;
    for (let slot = this.#staging.first; slot !== undefined && !slot.failed && this.#direct.allows(slot.used); slot = this.#staging.first) {
      const next = slot;
      if (!this.#direct.time(() => this.#writer.writeNow(next, this.#segmentBytes, this.#settings.fsync))) return;
      this.#wasWritten();
    }
  }

  async #writeStaged(): Promise<void> {
    for (let slot = this.#staging.first; slot !== undefined && !this.#ended; slot = this.#staging.first) {
      if (slot.failed && slot.table.unsettled === 0) {
        this.#staging.shift();
        continue;
      }
      slot.sealed = true;
      const next = slot;
      await this.#watch.during("a write", () =>
        this.#direct.during(async () => {
          await this.#checkPresence();
          await this.#writer.write(next, this.#segmentBytes, this.#settings.fsync);
        }),
      );
      this.#wasWritten();
    }
  }

  /** The first slot. */
  #wasWritten(): void {
    this.#staging.shift();
    if (this.#crowded && this.#staging.isRoomy) {
      this.#crowded = false;
      this.#refresh();
    }
    if (this.#store.hasChanges) this.#later("flush", SETTLE_MS);
    this.#scheduleSync();
  }

  /** A file that was deleted while it is open takes writes without an error. */
  async #checkPresence(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#presentAt < PRESENCE_MS) return;
    this.#presentAt = now;
    const path = this.#writer.path;
    if (await this.#writer.isGone()) throw Object.assign(new Error(`${path} was removed`), { code: "ENOENT" });
  }

  #scheduleSync(): void {
    if (this.#settings.fsync !== "interval" || !this.#writer.needsSync || this.#syncing !== undefined || this.#timers.has("sync")) return;
    this.#later("sync", this.#settings.fsyncMs);
  }

  #sync(): void {
    this.#syncing ??= this.#watch
      .during("fdatasync", () => this.#direct.during(() => this.#writer.sync()))
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#syncing = undefined;
        this.#scheduleSync();
      });
  }

  // --- what is settled ---

  #flush(): void {
    this.#flushing ??= this.#direct
      .during(() => this.#flushNow())
      .finally(() => {
        this.#flushing = undefined;
        if (this.#store.hasChanges) this.#later("flush", SETTLE_MS);
      });
  }

  async #flushNow(): Promise<void> {
    // A call more for a disk that does not answer would only hold another thread.
    if (this.#watch.hanging !== undefined) return this.#later("flush", RETRY_MS);
    const before = this.bytes;
    try {
      await this.#dropIdleSegment();
      await this.#store.flush(FLUSHED_AT_ONCE);
      this.#settleProblem = "";
    } catch (error) {
      this.#settleProblem = `what is delivered can't be deleted or marked: ${diskProblem(error, this.#store.folder)}`;
      this.#later("flush", RETRY_MS);
    }
    const { segment } = this.#loader;
    if (segment !== undefined && !this.#store.has(segment)) this.#loads = this.#loads.then(() => this.#closeLoader());
    this.#refresh();
    if (this.bytes < before) this.#notify();
  }

  /**
   * The current segment is deleted too once everything in it is settled and it is large, or nothing was appended for a second. Only then the memory goes as well: taken anew for each segment,
   * it made V8 mark the heap every few seconds.
   */
  async #dropIdleSegment(): Promise<void> {
    if (this.#writing !== undefined || this.#staging.first !== undefined) return;
    const isIdle = this.#clock.now() - this.#lastAppendAt >= IDLE_MS;
    if (isIdle) this.#staging.releaseSpare();
    else if (this.#staging.hasSpare) this.#later("flush", IDLE_MS);
    const { current } = this.#store;
    if (current === undefined || current.table.unsettled > 0) return;
    if (isIdle || current.bytes >= this.#segmentBytes / 2) await this.#writer.seal();
    else this.#later("flush", IDLE_MS);
  }

  // --- reading ---

  async #load(fromSeq: number, limits: LoadLimits): Promise<LoadedBatch | undefined> {
    let failures = 0;
    for (let seq = fromSeq; this.#closing === undefined && this.#isOpen; ) {
      const before = Math.min(limits.before ?? this.nextSeq, this.nextSeq);
      const place = this.#store.find(seq);
      if (place === undefined || place.seq >= before) return this.#loadStaged(seq, before, limits);
      const { segment } = place;
      try {
        const { batch, nextSeq } = await this.#loader.load(segment, place.seq, Math.min(place.untilSeq, before), limits);
        this.#reading("");
        if (batch !== undefined) return batch;
        seq = nextSeq;
      } catch (error) {
        await this.#closeLoader();
        if (!this.#store.has(segment)) continue;
        this.#reading(`reading back: ${diskProblem(error, this.#store.pathOf(segment))}`);
        if (isShortage(error)) await this.#pause(RETRY_MS);
        else if (failures < READ_PAUSES_MS.length) await this.#pause(READ_PAUSES_MS[failures++]);
        else {
          this.#lose(segment, place.seq, Math.min(segment.table.endSeq, before), `unreadable: ${this.#readProblem}`);
          this.#reading("");
          failures = 0;
        }
      }
    }
    return undefined;
  }

  #reading(problem: string): void {
    if (this.#readProblem === problem) return;
    this.#readProblem = problem;
    this.#refresh();
  }

  async #loadStaged(fromSeq: number, before: number, limits: LoadLimits): Promise<LoadedBatch | undefined> {
    for (const slot of this.#staging.slots) {
      const batch = loadFromSlot(slot, fromSeq, before, limits);
      if (batch !== undefined) return batch;
    }
    await this.#closeLoader();
    return undefined;
  }

  async #closeLoader(): Promise<void> {
    // A file that was only read has nothing to lose.
    await this.#loader.close().catch(() => undefined);
  }

  #lose(segment: Segment, fromSeq: number, toSeq: number, why: string): void {
    const spans = segment.table.unsettledSpans(fromSeq, toSeq);
    const records = this.#store.settleIn(segment, fromSeq, toSeq);
    if (records === 0) return;
    this.#later("flush", SETTLE_MS);
    this.#observer.lost(spans, shortened(`${this.#store.pathOf(segment)}: ${records} records with ${spans} spans are ${why}`));
  }

  // --- the state ---

  #hangChanged(): void {
    if (this.#watch.hanging !== undefined) this.#staging.fail();
    this.#refresh();
  }

  #refresh(): void {
    if (this.#ended) return;
    if (this.#full && this.#hasRoomAgain) this.#full = false;
    const { hanging } = this.#watch;
    const before = this.state;
    if (this.#failure !== undefined || !this.#isOpen) {
      this.state = "failed";
      this.problem = this.#failure ?? this.problem;
    } else if (hanging !== undefined) {
      this.state = "behind";
      this.problem = shortened(`the disk does not answer: ${hanging} in ${this.#store.folder} has taken more than ${this.#watch.limitMs / 1000} s`);
    } else if (this.#full) {
      this.state = "full";
      this.problem = this.#fullProblem();
    } else if (this.#crowded) {
      this.state = "behind";
      this.problem = `the disk is slower than the traffic: ${this.#staging.bytes} bytes wait to be written to ${this.#store.folder}`;
    } else {
      this.state = "ok";
      this.problem = shortened(this.#settleProblem || this.#readProblem);
    }
    if (this.state !== before) this.#notify();
  }

  #fullProblem(): string {
    const what = this.#records >= this.#recordsMax * ROOM_AGAIN ? `${this.#records} of ${this.#recordsMax} records` : `${this.bytes} of ${this.bytesMax} bytes`;
    return shortened(`it is full: ${what} in ${this.#store.folder}; it empties as the backend takes what is in it; raise wal.bytesMax where the disk has room`);
  }

  #notify(): void {
    if (this.#told || this.#ended) return;
    this.#told = true;
    queueMicrotask(() => {
      this.#told = false;
      if (!this.#ended) this.#observer.changed();
    });
  }

  // --- timers, and the end ---

  /** What is due earlier counts. */
  #later(what: "retry" | "sync" | "flush", ms: number): void {
    if (this.#closing !== undefined) return;
    const dueAt = this.#clock.now() + ms;
    const before = this.#timers.get(what);
    if (before !== undefined && before.dueAt <= dueAt) return;
    before?.cancel();
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(what);
      if (what === "retry") this.#retry();
      else if (what === "sync") this.#sync();
      else this.#flush();
    });
    this.#timers.set(what, { dueAt, cancel });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const cancel = this.#clock.after(ms, end);
      this.#pauses.add(end);
    });
  }

  #endPauses(): void {
    for (const end of [...this.#pauses]) end();
  }

  async #close(deadlineMs: number): Promise<number> {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#endPauses();
    // `#closing` is set once this function has returned to its caller: nothing below may run before.
    await Promise.resolve();
    await Promise.race([this.#finish(), this.#pause(deadlineMs)]);
    this.#endPauses();
    this.#ended = true;
    this.#watch.close();
    this.#staging.fail();
    return this.#staging.slots.reduce((sum, { table }) => sum + table.unsettledSpans(table.firstSeq, table.endSeq), 0);
  }

  /** Each step is tried, whatever became of the one before. */
  async #finish(): Promise<void> {
    await this.#writing;
    await this.#syncing;
    await this.#flushing;
    if (this.#isOpen) {
      try {
        if (this.#failure === undefined) await this.#writeStaged();
        else if (this.#staging.first !== undefined) await this.#recover();
        if (this.#settings.fsync !== "never") await this.#writer.sync();
      } catch (error) {
        this.problem = diskProblem(error, this.#writer.path);
      }
      await this.#writer.seal().catch(() => undefined);
      await this.#store.flush(Number.POSITIVE_INFINITY).catch(() => undefined);
      for (const segment of this.#store.segments) await segment.file?.close().catch(() => undefined);
    }
    await this.#loads;
    await this.#closeLoader();
    await this.#lock.release().catch(() => undefined);
  }
}
