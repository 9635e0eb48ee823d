// One piece of over 400 lines: what is being put together, what waits for the disk and what is missing share one account, and a change of settings touches all of it.
import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import type { RecordingSettings } from "#domain/pipeline/pipelineSettings.ts";
import { coversRedaction } from "#domain/pipeline/redaction.ts";
import type { RecordingFigures } from "#domain/telemetry/measurement.ts";
import type { Clock } from "../clock.ts";
import { diskProblem } from "../deliver/wal/diskProblem.ts";
import type { SpanTable } from "../otlp/spanTable.ts";
import { chosenSize, frameChosen } from "./frameChosen.ts";
import { NO_TRACE_HASH, recordingHash, shareMask } from "./recordedShare.ts";
import type { RecordedPart, RecordingGap } from "./recording.ts";
import { type RecordingDisk, RecordingFiles } from "./recordingFiles.ts";
import { type BlockHead, PART_HEADROOM, writePartHead } from "./recordingFormat.ts";
import { RecordingPace } from "./recordingPace.ts";
import { RedactionKeys } from "./redact/redactionKeys.ts";
import { redactedSizeMax, redactRequest } from "./redact/redactRequest.ts";
import { wholeSpans } from "./wholeSpans.ts";

const compress = promisify(zstdCompress);
const NO_FRAME = Buffer.alloc(0);
/** In one piece: each further one is a turn of the event loop. */
const COMPRESSION = { chunkSize: 131_072, params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/** Spans that came within so long are one part. */
const PART_MS = 200;
const PART_BYTES_MAX = 262_144;
/** A block is written once it has so many bytes, or is so old: what a kill loses. */
const BLOCK_BYTES = 262_144;
const BLOCK_CAPACITY = PART_HEADROOM + redactedSizeMax(PART_BYTES_MAX);
const BLOCK_MS = 2000;
/** Where nothing comes a block without parts says that it did not. */
const SILENT_MS = 30_000;
/** A span above this is not recorded. */
const SPAN_BYTES_MAX = 2_097_152;
/** What may wait for the disk; above it what comes is skipped. */
const HELD_BYTES_MAX = 8_388_608;
/** Blocks without parts hold next to nothing, and are not counted by their bytes. */
const TASKS_MAX = 64;
const RETRY_MS = 10_000;
const SET_BACK_MS = 1000;
const REASON_MAX = 200;

const BEHIND = "the disk was slower than what was to be recorded";
const TOO_LARGE = "a span was larger than 2 MiB";
const STOPPING = "the collector was stopping";
const NOT_WHOLE = "a span was malformed inside, where it could hold what must not be written";

type Parts = { folder: string; settings: RecordingSettings; clock: Clock; disk?: RecordingDisk };
/** Spans as they came, not redacted, with what is said of them. */
type RawPart = { buffer: Buffer; end: number; spans: number; share: number; atMs: number; began: number };
type Seen = { seenSpans: number; seenBytes: number };
type Block = { buffer: Buffer; end: number; spans: number; share: number };

/**
 * Records a share of the traces of what was accepted, each whole or not at all, on disk. `accepted` copies what is recorded and no more; redaction, compression and the disk follow.
 * A disk that is slow or fails never holds anything up: what should have been recorded and was not is counted, and is a gap in the recording.
 */
export class Recorder {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #files: RecordingFiles;
  readonly #pace: RecordingPace;
  #settings: RecordingSettings;
  #keys: RedactionKeys;
  /** What was put together under an earlier one must not be written any more. */
  #generation = 0;
  #closed = false;

  // Of the request that is being looked at.
  #chosen = new Int32Array(1024);
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  // Accepted since the last part.
  #seenSpans = 0;
  #seenBytes = 0;
  #part: RawPart | undefined;
  /** Parts that are whole and not yet in a block: one is taken each turn, so that a large request holds nobody up. */
  #whole: (RawPart & Seen)[] = [];
  #turn: (() => void) | undefined;
  #spare: Buffer | undefined;
  #block: Block | undefined;
  /** Until then everything is in a block, or in a gap. */
  #coveredMs: number;
  #gap: RecordingGap | undefined;

  /** What is asked of the disk, one after the other. */
  readonly #tasks: (() => Promise<void>)[] = [];
  #working: Promise<void> | undefined;
  #heldBytes = 0;
  #timer: (() => void) | undefined;
  #timerIsLong = false;
  /** Nothing is recorded before. */
  #pausedUntil = 0;
  /** The gap that it made is still open. */
  #wasPaused = false;
  #problem = "";
  #isBehind = false;
  #spansRecorded = 0;
  #spansSkipped = 0;

  constructor({ folder, settings, clock, disk }: Parts) {
    this.#folder = folder;
    this.#clock = clock;
    this.#settings = settings;
    this.#keys = new RedactionKeys(settings.redact);
    this.#files = new RecordingFiles(folder, settings, () => clock.unixMs(), disk);
    this.#pace = new RecordingPace(settings.spansPerSecondMax, clock.now());
    this.#coveredMs = clock.unixMs();
    if (settings.enabled) this.#start();
    else this.#remove();
  }

  /** A request that was accepted, as `table` says: each of its spans belongs to this thread. The bytes are its own again afterwards. */
  accepted(bytes: Buffer, table: SpanTable): void {
    if (!this.#settings.enabled || table.spans === 0) return;
    const now = this.#clock.now();
    const isPaused = now < this.#pausedUntil || this.#closed;
    if (this.#part !== undefined && (now - this.#part.began > PART_MS || this.#part.share !== this.#pace.share)) this.#sealPart();
    const count = this.#choose(bytes, table, isPaused);
    if (isPaused) {
      if (count > 0) this.#skip(count, this.#problem || STOPPING);
      return;
    }
    this.#endPause();
    if (this.#timerIsLong) this.#arm(BLOCK_MS, false);
    if (count === 0) return;
    const whole = wholeSpans(bytes, this.#view, table, this.#chosen, count);
    if (whole < count) this.#skip(count - whole, NOT_WHOLE);
    if (whole === 0) return;
    this.#copy(bytes, table, 0, whole, now);
    this.#pace.recorded(count, now);
  }

  /** Holds from the next request on; what the new settings don't allow to be on disk is deleted. */
  use(settings: RecordingSettings): void {
    const before = this.#settings;
    if (this.#closed || JSON.stringify(before) === JSON.stringify(settings)) return;
    this.#pace.spansPerSecondMax = settings.spansPerSecondMax;
    // What has been put together may hold what must not be written now, unless the list was longer before.
    if (before.enabled && settings.enabled && coversRedaction(before.redact, settings.redact)) this.#sealBlock();
    else this.#forget();
    this.#settings = settings;
    this.#keys = new RedactionKeys(settings.redact);
    if (!settings.enabled) return this.#remove();
    if (!before.enabled) return this.#start();
    this.#do(() => this.#files.use(settings));
  }

  /** Undefined while it is off and nothing is left on disk. */
  figures(): RecordingFigures | undefined {
    const { enabled, bytesMax } = this.#settings;
    if (!enabled && this.#problem === "") return undefined;
    return {
      sinceMs: this.#files.sinceMs,
      bytes: this.#files.bytes,
      bytesMax,
      share: enabled ? this.#pace.share : 0,
      spansRecorded: this.#spansRecorded,
      spansSkipped: this.#spansSkipped,
      problem: this.#problem || (this.#isBehind ? BEHIND : ""),
    };
  }

  /** What has been asked of the disk until now is done. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Writes what has been recorded until the deadline. */
  async close(deadlineMs: number): Promise<void> {
    if (this.#closed) return;
    if (this.#settings.enabled) this.#sealBlock(true);
    this.#closed = true;
    this.#turn?.();
    this.#timer?.();
    this.#timer = undefined;
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.after(deadlineMs, resolve);
    });
    this.#do(() => this.#files.close());
    await Promise.race([late, this.#working]);
    cancel();
  }

  // --- the way of a request ---

  /** Puts the numbers of the spans to be recorded into `chosen` and counts what was seen. */
  #choose(bytes: Buffer, table: SpanTable, isPaused: boolean): number {
    const { spans, idAt } = table;
    if (this.#chosen.length < spans) this.#chosen = new Int32Array(2 ** Math.ceil(Math.log2(spans)));
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    if (!isPaused) {
      this.#seenSpans += spans;
      this.#seenBytes += spanBytes(table);
    }
    const { share } = this.#pace;
    return table.hashesIds ? chooseByHash(table, share, this.#chosen) : chooseSpans(this.#view, idAt, spans, share, this.#chosen);
  }

  /** Copies the spans at chosen[from, to); in pieces where they are more than a part holds. */
  #copy(bytes: Buffer, table: SpanTable, from: number, to: number, now: number): void {
    const size = chosenSize(table, this.#chosen, from, to);
    if (this.#part !== undefined && this.#part.end + size > PART_BYTES_MAX) this.#sealPart();
    if (size > PART_BYTES_MAX && to - from > 1) {
      const middle = (from + to) >> 1;
      this.#copy(bytes, table, from, middle, now);
      return this.#copy(bytes, table, middle, to, now);
    }
    if (size > SPAN_BYTES_MAX) return this.#skip(to - from, TOO_LARGE);
    const part = this.#part ?? this.#newPart(size, now);
    if (part === undefined) {
      this.#isBehind = true;
      return this.#skip(to - from, BEHIND);
    }
    part.end = frameChosen(bytes, table, this.#chosen, from, to, part.buffer, part.end);
    part.spans += to - from;
  }

  /** Undefined when too much waits for the disk already. */
  #newPart(size: number, now: number): RawPart | undefined {
    const length = Math.max(PART_BYTES_MAX, size);
    if (this.#heldBytes + length + redactedSizeMax(length) > HELD_BYTES_MAX) return undefined;
    const buffer = this.#spare?.length === length ? this.#spare : Buffer.allocUnsafeSlow(length);
    this.#spare = undefined;
    this.#heldBytes += length;
    this.#part = { buffer, end: 0, spans: 0, share: this.#pace.share, atMs: this.#nowMs(), began: now };
    return this.#part;
  }

  #skip(spans: number, reason: string): void {
    this.#spansSkipped += spans;
    const now = this.#clock.unixMs();
    this.#addGap({ fromMs: now, untilMs: now, reason });
  }

  #addGap(gap: RecordingGap): void {
    const before = this.#gap;
    const reason = gap.reason.slice(0, REASON_MAX);
    if (before === undefined) this.#gap = { ...gap, reason };
    else this.#gap = { fromMs: Math.min(before.fromMs, gap.fromMs), untilMs: Math.max(before.untilMs, gap.untilMs), reason: before.reason };
  }

  // --- parts and blocks ---

  #sealPart(): void {
    const part = this.#part;
    if (part === undefined) return;
    this.#part = undefined;
    this.#whole.push({ ...part, ...this.#takeSeen() });
    this.#turn ??= this.#clock.after(0, () => this.#takeTurn());
  }

  #takeSeen(): Seen {
    const seen = { seenSpans: this.#seenSpans, seenBytes: this.#seenBytes };
    this.#seenSpans = 0;
    this.#seenBytes = 0;
    return seen;
  }

  #takeTurn(): void {
    this.#turn = undefined;
    const part = this.#whole.shift();
    if (part !== undefined) this.#addToBlock(part);
    if (this.#whole.length > 0) this.#turn = this.#clock.after(0, () => this.#takeTurn());
  }

  #addToBlock({ buffer, end: rawEnd, ...about }: RawPart & Seen): void {
    const into = this.#roomFor(PART_HEADROOM + redactedSizeMax(rawEnd), about.atMs);
    const end = redactRequest(buffer, 0, rawEnd, this.#keys, into.buffer, into.end + PART_HEADROOM);
    this.#release(buffer);
    if (end < 0 || end > into.buffer.length) return this.#skip(about.spans, NOT_WHOLE);
    this.#endPart(into, end, about);
    if (into.end >= BLOCK_BYTES) this.#closeBlock(this.#whole[0]?.atMs ?? this.#part?.atMs ?? this.#nowMs());
  }

  #release(buffer: Buffer): void {
    this.#heldBytes -= buffer.length;
    if (buffer.length === PART_BYTES_MAX) this.#spare = buffer;
  }

  #endPart(into: Block, end: number, about: Omit<RecordedPart, "request">): void {
    writePartHead(into.buffer, into.end, end - into.end - PART_HEADROOM, about);
    into.end = end;
    into.spans += about.spans;
    into.share = Math.min(into.share, about.share);
  }

  /** The block that is being put together, with room for so much more of that time. */
  #roomFor(bytes: number, atMs: number): Block {
    if (this.#block !== undefined && this.#block.end + bytes <= this.#block.buffer.length) return this.#block;
    if (this.#block !== undefined) this.#closeBlock(atMs);
    const buffer = Buffer.allocUnsafeSlow(Math.max(bytes, BLOCK_CAPACITY));
    this.#heldBytes += buffer.length;
    this.#block = { buffer, end: 0, spans: 0, share: this.#pace.share };
    return this.#block;
  }

  /** Everything that was accepted until now goes to the disk. */
  #sealBlock(ends = false): void {
    this.#sealPart();
    for (let part = this.#whole.shift(); part !== undefined; part = this.#whole.shift()) this.#addToBlock(part);
    if (this.#seenSpans > 0) {
      const into = this.#roomFor(PART_HEADROOM, this.#nowMs());
      this.#endPart(into, into.end + PART_HEADROOM, { spans: 0, share: this.#pace.share, atMs: this.#nowMs(), ...this.#takeSeen() });
    }
    this.#closeBlock(this.#nowMs(), ends);
  }

  /** Everything before that time is in it, or in one before it. */
  #closeBlock(untilMs: number, ends = false): void {
    const block = this.#block;
    this.#block = undefined;
    if (this.#tasks.length >= TASKS_MAX) {
      this.#skip(block?.spans ?? 0, BEHIND);
      this.#heldBytes -= block?.buffer.length ?? 0;
      return;
    }
    const head: BlockHead = {
      fromMs: this.#coveredMs,
      untilMs,
      share: block?.share ?? this.#pace.share,
      spans: block?.spans ?? 0,
      frameBytes: 0,
      plainBytes: block?.end ?? 0,
      gap: this.#gap,
      ends: ends || undefined,
    };
    this.#coveredMs = untilMs;
    this.#gap = undefined;
    const { redact } = this.#settings;
    const generation = this.#generation;
    this.#ask(() => this.#write(head, block, redact, generation));
  }

  /** By the wall, and not before what is covered already, unless the clock was set back. */
  #nowMs(): number {
    const now = this.#clock.unixMs();
    if (now < this.#coveredMs - SET_BACK_MS) this.#coveredMs = now;
    return Math.max(this.#coveredMs, now);
  }

  /** What is being put together; returns how many spans that were. */
  #drop(): number {
    const parts = this.#part === undefined ? this.#whole : [...this.#whole, this.#part];
    const spans = parts.reduce((sum, part) => sum + part.spans, this.#block?.spans ?? 0);
    for (const { buffer } of parts) this.#release(buffer);
    this.#heldBytes -= this.#block?.buffer.length ?? 0;
    this.#part = undefined;
    this.#whole = [];
    this.#block = undefined;
    this.#takeSeen();
    return spans;
  }

  /** Everything that has not been written yet. */
  #forget(): void {
    this.#generation++;
    this.#drop();
    this.#spare = undefined;
    this.#gap = undefined;
    this.#wasPaused = false;
    this.#coveredMs = this.#clock.unixMs();
  }

  // --- time ---

  #start(): void {
    this.#problem = "";
    this.#pausedUntil = 0;
    this.#forget();
    this.#do(() => this.#files.use(this.#settings));
    this.#arm(SILENT_MS, true);
  }

  #arm(ms: number, isLong: boolean): void {
    this.#timer?.();
    this.#timerIsLong = isLong;
    this.#timer = this.#clock.after(ms, () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#closed) return;
    if (!this.#settings.enabled) return this.#remove();
    const isQuiet = this.#seenSpans === 0 && this.#part === undefined && this.#whole.length === 0 && this.#block === undefined && !this.#timerIsLong;
    this.#pace.look(this.#clock.now());
    this.#endPause();
    if (!isQuiet) this.#sealBlock();
    this.#arm(isQuiet ? SILENT_MS : BLOCK_MS, isQuiet);
  }

  // --- the disk ---

  #ask(task: () => Promise<void>): void {
    this.#tasks.push(task);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) await task();
    this.#isBehind = false;
    this.#working = undefined;
  }

  async #write(head: BlockHead, block: Block | undefined, redact: readonly string[], generation: number): Promise<void> {
    try {
      const frame = block === undefined ? NO_FRAME : await compress(block.buffer.subarray(0, block.end), { ...COMPRESSION, pledgedSrcSize: block.end });
      if (generation !== this.#generation) return;
      await this.#files.append({ ...head, frameBytes: frame.length }, frame, redact);
      this.#spansRecorded += head.spans;
      this.#problem = "";
      this.#pausedUntil = 0;
    } catch (error) {
      if (generation === this.#generation) this.#failed(head, error);
    } finally {
      this.#heldBytes -= block?.buffer.length ?? 0;
    }
  }

  #failed({ fromMs, untilMs, spans, gap }: BlockHead, error: unknown): void {
    this.#problem = diskProblem(error, this.#folder, "recording.bytesMax");
    this.#spansSkipped += spans;
    if (gap !== undefined) this.#addGap(gap);
    this.#addGap({ fromMs, untilMs, reason: this.#problem });
    this.#pause();
  }

  /** What has come until now is lost to the recording; in a while it is tried again. */
  #pause(): void {
    this.#pausedUntil = this.#clock.now() + RETRY_MS;
    this.#wasPaused = true;
    const dropped = this.#drop();
    if (dropped > 0) this.#skip(dropped, this.#problem);
    if (!this.#closed) this.#arm(RETRY_MS, true);
  }

  /** Whether anything came meanwhile is not known either. */
  #endPause(): void {
    if (!this.#wasPaused) return;
    this.#wasPaused = false;
    const now = this.#nowMs();
    this.#addGap({ fromMs: now, untilMs: now, reason: this.#problem });
  }

  #do(run: () => Promise<void>): void {
    this.#ask(async () => {
      try {
        await run();
      } catch (error) {
        this.#problem = diskProblem(error, this.#folder, "recording.bytesMax");
        if (this.#settings.enabled) this.#pause();
        else if (!this.#closed) this.#arm(RETRY_MS, true);
      }
    });
  }

  #remove(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#do(async () => {
      await this.#files.remove();
      if (!this.#settings.enabled) this.#problem = "";
    });
  }
}

/** In span scope the scan has hashed the ids, which lie far apart and have gone from the processor's cache by now: bench record. */
function chooseByHash({ spans, idAt, idHash }: SpanTable, share: number, chosen: Int32Array): number {
  const mask = shareMask(share);
  let count = 0;
  for (let span = 0; span < spans; span++) {
    const hash = idAt[span] === 0 ? NO_TRACE_HASH : idHash[span];
    if ((hash & mask) === 0) chosen[count++] = span;
  }
  return count;
}

/** Worked out for every span: that is faster than to look whether the one before has the same. */
function chooseSpans(view: DataView, idAt: Int32Array, spans: number, share: number, chosen: Int32Array): number {
  const mask = shareMask(share);
  let count = 0;
  for (let span = 0; span < spans; span++) {
    const at = idAt[span];
    const hash = at === 0 ? NO_TRACE_HASH : recordingHash(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
    if ((hash & mask) === 0) chosen[count++] = span;
  }
  return count;
}

/** Spans of a scope stand one after the other. */
function spanBytes({ scopes, scopeSpan, start, end }: SpanTable): number {
  let bytes = 0;
  for (let scope = 0; scope < scopes; scope++) {
    const first = scopeSpan[scope];
    const last = scopeSpan[scope + 1] - 1;
    if (last >= first) bytes += end[last] - start[first];
  }
  return bytes;
}
