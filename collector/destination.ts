// The one place where batch, queue and write-ahead log meet; docs/concepts.md, "What is not delivered yet", says it for users.
import type { DestinationFigures } from "#domain/telemetry/measurement.ts";
import { Batcher, type BatchSettings } from "./batch/batcher.ts";
import type { Clock } from "./clock.ts";
import { BATCH_HEADROOM, type Batch } from "./deliver/batch.ts";
import { IN_LOG_ALONE } from "./deliver/batchLog.ts";
import { type DeliveryObserver, DeliveryQueue, type DeliverySettings } from "./deliver/deliveryQueue.ts";
import type { Exporter } from "./deliver/exporter.ts";
import { type WalSettings, WriteAheadLog } from "./deliver/wal/writeAheadLog.ts";
import type { RefusalReason } from "./receive/answer.ts";

export type DestinationSettings = DeliverySettings & {
  batch: BatchSettings;
  wal: WalSettings & { enabled: boolean; whenBroken: "continue" | "refuse" };
};

export type DestinationObserver = DeliveryObserver & {
  /** So many spans were in the log before the process began; they are queued from now on. */
  recovered(spans: number): void;
  /** So many bytes came back from the log into buffers of their own. */
  readBack(bytes: number): void;
  /** Records of the log can't be read any more. */
  lost(spans: number, message: string): void;
  /** There may be room again. */
  roomFreed(): void;
  /** About files that were found when the log was opened. */
  walNotes(notes: readonly string[]): void;
  walChanged(state: DestinationFigures["wal"], problem: string): void;
};

type Parts = {
  name: string;
  settings: DestinationSettings;
  exporter: Exporter;
  clock: Clock;
  random: () => number;
  batchNumber: () => number;
  observer: DestinationObserver;
};

/** A backlog smaller than this is read beside what comes in; behind a larger one new spans queue up in the log. */
const BACKLOG_SMALL_BYTES = 1_048_576;
/** Of the memory's bounds, so that what is read back leaves room. */
const REFILL_SHARE = 0.5;
/** And no more than keeps the workers busy. */
const REFILL_BYTES_MAX = 33_554_432;
const LOADED_BYTES_MAX = 4_194_304;
const ANY_NUMBER_OF_SPANS = 1_000_000;
const LOG_CLOSE_MS = 700;

type Mode = "memory" | "both" | "log";

/**
 * Where kept spans go: an open batch, a queue in memory, an exporter, and beneath them the write-ahead log, in which everything is before its request is acknowledged.
 * While memory has room the log is only the copy that survives a kill. When it has none, what comes is in the log alone and is read back, oldest first, as memory
 * empties; so is what the log held at the start. `reserve` decides where the next spans go, `commit` follows in the same tick.
 */
export class Destination {
  readonly name: string;
  readonly queue: DeliveryQueue;
  readonly #batcher: Batcher;
  readonly #clock: Clock;
  readonly #batchNumber: () => number;
  readonly #observer: DestinationObserver;
  #settings: DestinationSettings;
  #log: WriteAheadLog | undefined;
  #mode: Mode = "memory";
  #openIsLogged = false;
  /** Records that are in the log alone, oldest first, [from, to); the last has no end while `#spilling`. */
  readonly #backlog: { from: number; to: number }[] = [];
  #backlogSpans = 0;
  #backlogBytes = 0;
  #spilling = false;
  #loading = false;
  #stopped = false;
  #tookRecovered = false;
  #delivered = 0;
  #dropped = 0;
  #walState: DestinationFigures["wal"] = "off";

  /** Opens the log under `folder`, also where it is not enabled any more but holds something. Resolves when that was read, or goes on in the background. */
  static async open(parts: Parts, folder: string, holdsLog: boolean): Promise<Destination> {
    const destination = new Destination(parts);
    if (parts.settings.wal.enabled || holdsLog) await destination.#openLog(folder);
    return destination;
  }

  private constructor(parts: Parts) {
    this.name = parts.name;
    this.#settings = parts.settings;
    this.#clock = parts.clock;
    this.#batchNumber = parts.batchNumber;
    this.#observer = parts.observer;
    const { settings, exporter, clock, random } = parts;
    this.queue = new DeliveryQueue({ settings, exporter, clock, random, observer: this.#settling(parts.observer) });
    this.#batcher = new Batcher({
      settings: settings.batch,
      clock,
      queued: () => this.queuedSpans,
      number: parts.batchNumber,
      sealed: (batch) => this.queue.push(batch),
    });
  }

  /** Spans not yet answered for by the backend, in memory or in the log. */
  get queuedSpans(): number {
    return this.queue.spans + this.#backlogSpans;
  }

  /** How full it is, 0 to 1: the log, or where there is none, memory. */
  get fill(): number {
    if (this.#writesLog && this.#log?.state !== "failed") return (this.#log?.bytes ?? 0) / this.#settings.wal.bytesMax;
    const { spansMax, bytesMax } = this.#settings.queue;
    return Math.max(this.queue.spans / spansMax, this.queue.bytes / bytesMax);
  }

  /** Bytes of the spans that are not delivered. */
  get heldBytes(): number {
    return this.queue.bytes + this.#backlogBytes;
  }

  // --- the way in; `Outlet` of the samplers ---

  get buffer(): Buffer {
    return this.#batcher.buffer;
  }

  isEmpty(): boolean {
    return this.queuedSpans === 0;
  }

  spansLeft(): number {
    return this.#spilling ? ANY_NUMBER_OF_SPANS : this.#batcher.spansLeft;
  }

  hasRoom(spans: number, bytes: number): boolean {
    return this.whyNoRoom(spans, bytes) === undefined;
  }

  /** Why so much can't be taken now, or undefined when it can. */
  whyNoRoom(spans: number, bytes: number): RefusalReason | undefined {
    const refusal = this.#writesLog ? this.#log?.refusal(bytes) : undefined;
    if (this.#writesLog && (refusal !== "wal_failed" || this.refusesWhenBroken)) return refusal;
    if (this.queue.hasRoom(spans, bytes)) return undefined;
    return refusal ?? "queue_full";
  }

  /** What is larger would not fit even if nothing else were there. */
  get largestRequest(): { spansMax: number; bytesMax: number } {
    const { spansMax, bytesMax } = this.#settings.queue;
    return { spansMax, bytesMax: this.#writesLog ? Math.min(bytesMax, Math.floor(this.#settings.wal.bytesMax / 2)) : bytesMax };
  }

  /** For whoever is refused. */
  noRoomMessage(reason: RefusalReason): string {
    const { spansMax, bytesMax } = this.#settings.queue;
    if (reason === "queue_full") {
      return `the queue is full (${this.queue.spans} of ${spansMax} spans, ${this.queue.bytes} of ${bytesMax} bytes)`;
    }
    return `the write-ahead log takes no more now: ${this.#log?.problem ?? ""}`;
  }

  reserve(spans: number, bytesMax: number): number {
    this.#mode = this.#modeFor(spans, bytesMax);
    if (this.#mode === "log") {
      if (!this.#spilling) this.#beginSpilling();
    } else if (this.#spilling && this.#mode === "memory") this.#endSpilling();
    if (this.#batcher.spans > 0 && (this.#mode === "log" || this.#openIsLogged !== (this.#mode === "both"))) this.#batcher.seal();
    return this.#batcher.reserve(spans, bytesMax);
  }

  /** Returns the number of the batch that the spans went into, or IN_LOG_ALONE. */
  commit(from: number, end: number, spans: number): number {
    const record = this.#mode === "memory" ? undefined : this.#log?.append(this.#batcher.buffer, from, end, spans);
    if (this.#mode === "log") {
      this.#backlogSpans += spans;
      this.#backlogBytes += end - from;
      void this.#readBack();
      return IN_LOG_ALONE;
    }
    this.queue.admit(spans, end - from);
    this.#openIsLogged = record !== undefined;
    return this.#batcher.commit(end, spans, record);
  }

  /** Undefined when all that was committed is as safe as the settings ask; else a promise that everything committed since shares. False: it is in memory alone. */
  safe(): Promise<boolean> | undefined {
    return this.#writesLog ? this.#log?.safe() : undefined;
  }

  get refusesWhenBroken(): boolean {
    return this.#settings.wal.whenBroken === "refuse";
  }

  seal(): void {
    this.#batcher.seal();
  }

  // --- changes and the end ---

  async configure(settings: DestinationSettings, folder: string): Promise<void> {
    this.#settings = settings;
    this.queue.configure(settings);
    this.#batcher.configure(settings.batch);
    this.#log?.configure(settings.wal);
    if (settings.wal.enabled && this.#log === undefined) await this.#openLog(folder);
    this.#logChanged();
  }

  /** Delivers what is in memory until the deadline. What is left stays in the log; without one it is dropped and counted. Returns the spans that stay in the log. */
  async drain(deadlineMs: number): Promise<number> {
    this.#stopped = true;
    this.#batcher.seal();
    let left = this.#backlogSpans;
    this.#leftInLog = (spans) => {
      left += spans;
    };
    await this.queue.drain(deadlineMs);
    const log = this.#log;
    if (log === undefined) return 0;
    const unsafe = await log.close(LOG_CLOSE_MS);
    if (unsafe > 0) this.#observer.lost(Math.min(unsafe, left), `the write-ahead log could not be written before the stop: ${log.problem}`);
    return Math.max(0, left - unsafe);
  }

  /** For one that is empty and not wanted any more: its log goes too. */
  async remove(): Promise<void> {
    await this.drain(0);
    await this.#log?.removeIfEmpty();
  }

  figures(): DestinationFigures {
    const { breaker, figures } = this.queue;
    const oldestAt = this.#log?.oldestAtMs();
    const { sizeMin, sizeMax } = this.#settings.batch;
    return {
      name: this.name,
      queuedSpans: this.queuedSpans,
      memorySpans: this.queue.spans,
      memoryBytes: this.queue.bytes,
      delivered: this.#delivered,
      dropped: this.#dropped,
      ...figures,
      breaker: breaker.state,
      breakerSinceMs: breaker.sinceMs,
      breakerOpened: breaker.opened,
      wal: this.#walStateNow,
      walProblem: this.#log?.problem.slice(0, 500) ?? "",
      walBytes: this.#log?.bytes ?? 0,
      walBytesMax: this.#log === undefined ? 0 : this.#settings.wal.bytesMax,
      walAgeMs: oldestAt === undefined ? 0 : Math.max(0, this.#clock.unixMs() - oldestAt),
      walOnlySpans: this.#backlogSpans,
      batchSize: this.#batcher.size,
      batchSizeMin: sizeMin,
      batchSizeMax: sizeMax,
    };
  }

  // --- the log ---

  #leftInLog: (spans: number) => void = () => {};

  get #writesLog(): boolean {
    return this.#log !== undefined && this.#settings.wal.enabled;
  }

  #modeFor(spans: number, bytes: number): Mode {
    if (!this.#writesLog || this.#log?.refusal(bytes) !== undefined) return "memory";
    // What can't be sent now need not be in memory: it does not grow with an outage.
    const canWait = this.queue.breaker.state !== "closed" && this.queue.spans > 0;
    return this.#spilling || canWait || !this.queue.hasRoom(spans, bytes) ? "log" : "both";
  }

  get #walStateNow(): DestinationFigures["wal"] {
    return this.#log !== undefined && this.#settings.wal.enabled ? this.#log.state : "off";
  }

  async #openLog(folder: string): Promise<void> {
    const observer = { changed: () => this.#logChanged(), lost: (spans: number, message: string) => this.#lost(spans, message) };
    const log = await WriteAheadLog.open({ folder, settings: this.#settings.wal, clock: this.#clock, observer });
    this.#log = log;
    this.#logChanged();
  }

  /** Once, as soon as it is known what the log held when it was opened. */
  #takeRecovered({ recovered, notes, firstSeq, nextSeq }: WriteAheadLog): void {
    this.#tookRecovered = true;
    const { spans, bytes, lostSpans } = recovered;
    if (notes.length > 0) this.#observer.walNotes(notes);
    if (spans + lostSpans === 0) return;
    this.#backlog.push({ from: firstSeq, to: nextSeq });
    this.#backlogSpans = spans + lostSpans;
    this.#backlogBytes = bytes;
    if (this.#settings.wal.enabled && bytes >= BACKLOG_SMALL_BYTES) this.#beginSpilling();
    this.#observer.recovered(spans + lostSpans);
    if (lostSpans > 0) this.#lost(lostSpans, "they were damaged on the disk before the start");
  }

  #logChanged(): void {
    if (this.#log?.isOpen === true && !this.#tookRecovered) this.#takeRecovered(this.#log);
    const state = this.#walStateNow;
    if (state !== this.#walState) {
      const began = this.#walState === "off" && state === "ok";
      this.#walState = state;
      if (!began && state !== "off") this.#observer.walChanged(state, this.#log?.problem ?? "");
    }
    void this.#readBack();
    if (!this.#stopped) this.#observer.roomFreed();
  }

  #beginSpilling(): void {
    const from = this.#log?.nextSeq ?? 0;
    const last = this.#backlog.at(-1);
    if (last !== undefined && last.to === from) last.to = Number.POSITIVE_INFINITY;
    else this.#backlog.push({ from, to: Number.POSITIVE_INFINITY });
    this.#spilling = true;
  }

  #endSpilling(): void {
    const last = this.#backlog.at(-1);
    if (last !== undefined) last.to = this.#log?.nextSeq ?? last.from;
    this.#spilling = false;
  }

  /** Reads the backlog into memory, as far as there is room. Called whenever there may be. */
  async #readBack(): Promise<void> {
    const log = this.#log;
    if (log === undefined || this.#loading) return;
    this.#loading = true;
    try {
      while (!this.#stopped && this.#hasRefillRoom()) {
        if (this.#spilling && this.#backlogBytes < BACKLOG_SMALL_BYTES) this.#endSpilling();
        const [range] = this.#backlog;
        if (range === undefined) break;
        const limits = { spansMax: this.#batcher.size, bytesMax: LOADED_BYTES_MAX, before: range.to };
        const loaded = range.from < range.to ? await log.load(range.from, limits) : undefined;
        if (this.#stopped) break;
        if (loaded !== undefined) {
          range.from = loaded.toSeq;
          if (loaded.spans > 0) this.#queueLoaded(loaded);
        } else if (range.to === Number.POSITIVE_INFINITY) break;
        else this.#backlog.shift();
      }
    } finally {
      this.#loading = false;
    }
  }

  #hasRefillRoom(): boolean {
    if (this.#backlog.length === 0) return false;
    const { spansMax, bytesMax } = this.queue.settings.queue;
    if (this.queue.breaker.state !== "closed") return this.queue.spans === 0;
    return this.queue.spans === 0 || (this.queue.spans < spansMax * REFILL_SHARE && this.queue.bytes < Math.min(bytesMax * REFILL_SHARE, REFILL_BYTES_MAX));
  }

  #queueLoaded({
    buffer,
    end,
    spans,
    fromSeq,
    toSeq,
    acceptedAtMs,
  }: {
    buffer: Buffer;
    end: number;
    spans: number;
    fromSeq: number;
    toSeq: number;
    acceptedAtMs: number;
  }): void {
    const bytes = end - BATCH_HEADROOM;
    this.#backlogSpans -= spans;
    this.#backlogBytes -= bytes;
    this.queue.admit(spans, bytes);
    this.#observer.readBack(bytes);
    const firstAt = this.#clock.now() - Math.max(0, this.#clock.unixMs() - acceptedAtMs);
    this.queue.push({ number: this.#batchNumber(), buffer, end, spans, firstAt, logged: { from: fromSeq, to: toSeq }, release: () => {} });
  }

  #lost(spans: number, message: string): void {
    this.#backlogSpans -= spans;
    this.#dropped += spans;
    this.#observer.lost(spans, message);
  }

  /** What the queue is done with need not be kept in the log any more. */
  #settling(observer: DestinationObserver): DeliveryObserver {
    const done = (batch: Batch) => {
      if (batch.logged !== undefined) this.#log?.settle(batch.logged.from, batch.logged.to);
      void this.#readBack();
      observer.roomFreed();
    };
    return {
      waited: (seconds, batch) => observer.waited(seconds, batch),
      exported: (seconds) => observer.exported(seconds),
      tryFailed: (message) => observer.tryFailed(message),
      breakerChanged: (state, message) => {
        observer.breakerChanged(state, message);
        if (state === "closed") void this.#readBack();
      },
      delivered: (spans, bytes, batch) => {
        this.#delivered += spans;
        observer.delivered(spans, bytes, batch);
        done(batch);
      },
      dropped: (reason, spans, bytes, message, batch) => {
        this.#dropped += spans;
        observer.dropped(reason, spans, bytes, message, batch);
        done(batch);
      },
      left: (batch) => {
        this.#leftInLog(batch.spans);
        observer.left(batch);
      },
    };
  }
}
