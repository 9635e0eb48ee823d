import type { Clock } from "./clock.ts";
import { BATCH_HEADROOM } from "./deliver/batch.ts";
import { type WalSettings, WriteAheadLog } from "./deliver/wal/writeAheadLog.ts";
import type { RefusalReason } from "./receive/answer.ts";

const SETTLE_EVERY_MS = 500;
const MARKS_MAX = 4096;
const MARK_EVERY_MS = 100;
/** One request at a time, as they came: together they could be more than may wait at once. */
const ONE_RECORD = { spansMax: 1, bytesMax: 1 };
const NO_ROOM_LOOK_MS = 100;

type Parts = {
  folder: string;
  settings: WaitingLogSettings;
  clock: Clock;
  /** When the oldest span that waits came, on the clock's `now`. */
  oldestWaitingAt: () => number | undefined;
  /** Resolves once everything that was sent on is in the logs of the destinations; false when it is not. */
  sentIsSafe: () => Promise<boolean>;
  /** Takes a request in again. */
  take: (bytes: Buffer, start: number, end: number, spans: number) => "taken" | "noRoom";
  /** Records can't be read any more. */
  lost: (spans: number, message: string) => void;
  changed: (state: string, problem: string) => void;
  /** It keeps nothing new, and nothing is left in it. */
  emptied: () => void;
};

/** `keepsNew`: else it is only there for what it holds, until all of that is decided. */
export type WaitingLogSettings = WalSettings & { whenBroken: "continue" | "refuse"; keepsNew: boolean };

/**
 * Whole requests of trace scope on disk, until everything in them is decided and what is kept is in the log of its destination. After a kill they are taken in
 * again: a trace that was decided in the last moments can be decided, and delivered, twice.
 */
export class WaitingLog {
  readonly #log: WriteAheadLog;
  readonly #parts: Parts;
  #settings: Parts["settings"];
  /** Times and the next record's number then, oldest first: what came before a time has a smaller number. */
  readonly #marks: { at: number; seq: number }[] = [];
  #settledTo = 0;
  #replaying = false;
  #replayed = false;
  #told = "";
  #stopped = false;
  #cancel: (() => void) | undefined;

  static async open(parts: Parts): Promise<WaitingLog> {
    let waiting: WaitingLog | undefined;
    const observer = { changed: () => waiting?.changed(), lost: parts.lost };
    waiting = new WaitingLog(await WriteAheadLog.open({ folder: parts.folder, settings: parts.settings, clock: parts.clock, observer }), parts);
    return waiting;
  }

  private constructor(log: WriteAheadLog, parts: Parts) {
    this.#log = log;
    this.#parts = parts;
    this.#settings = parts.settings;
  }

  get problem(): string {
    return this.#log.problem;
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  /** Whether what waits now will be there at the next start. */
  get keepsWaiting(): boolean {
    return this.#settings.keepsNew && this.#log.state !== "failed";
  }

  /** Why so much can't be taken, or undefined when it can, or when it goes on in memory alone. */
  refusal(bytes: number): RefusalReason | undefined {
    if (!this.#settings.keepsNew) return undefined;
    const refusal = this.#log.refusal(bytes);
    return refusal === "wal_failed" && this.#settings.whenBroken === "continue" ? undefined : refusal;
  }

  /** A promise when the request is not safe yet. */
  append(bytes: Buffer, start: number, end: number, spans: number): Promise<boolean> | undefined {
    if (!this.#settings.keepsNew || this.#log.refusal(end - start) !== undefined) return undefined;
    this.#mark();
    this.#log.append(bytes, start, end, spans);
    return this.#log.safe();
  }

  /** Begins to take in again what was not decided before the start, as soon as the log can be read; then to forget what is decided. */
  start(): void {
    this.changed();
  }

  changed(): void {
    if (this.#log.state !== this.#told) this.#parts.changed(this.#log.state, this.#log.problem);
    this.#told = this.#log.state;
    if (!this.#log.isOpen || this.#replaying) return;
    this.#replaying = true;
    void this.#replay();
  }

  async #replay(): Promise<void> {
    const { clock, take } = this.#parts;
    const before = this.#log.nextSeq;
    for (let seq = this.#log.firstSeq; seq < before && !this.#stopped; ) {
      const loaded = await this.#log.load(seq, { ...ONE_RECORD, before });
      if (loaded === undefined) break;
      while (!this.#stopped && take(loaded.buffer, BATCH_HEADROOM, loaded.end, loaded.spans) === "noRoom") {
        await new Promise<void>((resolve) => clock.after(NO_ROOM_LOOK_MS, resolve));
      }
      seq = loaded.toSeq;
    }
    // What was taken in again has small numbers and came late: only what came after now may be taken for newer than all of it.
    this.#marks.length = 0;
    this.#replayed = true;
    this.#mark();
    this.#look();
  }

  configure(settings: Parts["settings"]): void {
    this.#settings = settings;
    this.#log.configure(settings);
  }

  /** Before the process stops. */
  async close(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#forget();
    await this.#log.close(deadlineMs);
  }

  /** For one that is empty and not wanted any more. */
  async remove(deadlineMs: number): Promise<void> {
    await this.close(deadlineMs);
    await this.#log.removeIfEmpty();
  }

  #mark(): void {
    const at = this.#parts.clock.now();
    const last = this.#marks.at(-1);
    if (last !== undefined && at - last.at < MARK_EVERY_MS) return;
    // Fewer marks only mean that less is forgotten at a time.
    if (this.#marks.length >= MARKS_MAX) this.#marks.splice(0, this.#marks.length, ...this.#marks.filter((_, index) => index % 2 === 0));
    this.#marks.push({ at, seq: this.#log.nextSeq });
  }

  #look(): void {
    if (this.#stopped) return;
    void this.#forget().finally(() => {
      if (!this.#stopped) this.#cancel = this.#parts.clock.after(SETTLE_EVERY_MS, () => this.#look());
    });
  }

  async #forget(): Promise<void> {
    if (!this.#replayed) return;
    const oldest = this.#parts.oldestWaitingAt();
    let seq = oldest === undefined ? this.#log.nextSeq : 0;
    if (oldest !== undefined) {
      let past = 0;
      while (past < this.#marks.length && this.#marks[past].at <= oldest) past++;
      if (past === 0) return;
      seq = this.#marks[past - 1].seq;
      this.#marks.splice(0, past - 1);
    } else this.#marks.length = 0;
    if (seq > this.#settledTo && (await this.#parts.sentIsSafe())) {
      this.#log.settle(this.#settledTo, seq);
      this.#settledTo = seq;
    }
    if (!this.#settings.keepsNew && !this.#stopped && this.#log.oldestAtMs() === undefined) this.#parts.emptied();
  }
}
