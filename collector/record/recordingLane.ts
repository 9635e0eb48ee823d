import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { zstdDecompressSync } from "node:zlib";
import type { RecordedPart, RecordingGap } from "./recording.ts";
import { type BlockHead, type FileHead, readFileName, readParts } from "./recordingFormat.ts";
import { AHEAD_WITH_DATA_BYTES, BlockWalk, type FoundBlock } from "./walkBlocks.ts";

const NOT_RUNNING = "the collector did not run";
const KILLED = "the collector ended without warning, and what it had received last was not written";
const DAMAGED = "a file of the recording is damaged";
const NO_DATA = Buffer.alloc(0);
const MISSING = "a file of the recording is missing";
const ROTATED = "deleted while it was read, to make room or because it had grown too old";

type LaneFile = { file: string; number: number; startedMs: number; size: number };
type Covered = { fromMs: number; untilMs: number; bytes: number };
/** What a lane has of the time asked for. */
export type LaneFigures = {
  /** Of its first block and its last; undefined when it has none. */
  fromMs: number | undefined;
  untilMs: number;
  bytes: number;
  share: number;
  redact: Set<string>;
  gaps: RecordingGap[];
  /** The collector stopped in order after the last one. */
  ended: boolean;
  /** Older files were there and have been deleted. */
  isCut: boolean;
};

/** What one thread has recorded, from file to file. Nothing that lies there makes it throw. */
export class RecordingLane {
  /** Those that have something of the time asked for. */
  readonly #files: readonly LaneFile[];
  readonly #sinceMs: number;
  readonly #isCut: boolean;
  readonly #covered = new Map<string, Covered>();

  private constructor(all: readonly LaneFile[], sinceMs: number) {
    this.#files = all.filter((_, at) => at === all.length - 1 || all[at + 1].startedMs > sinceMs);
    this.#sinceMs = sinceMs;
    this.#isCut = all.length > 0 && all[0].number > 0;
  }

  /** What a folder has since a time, in the order in which it was written. */
  static async open(folder: string, sinceMs: number): Promise<RecordingLane> {
    const files: LaneFile[] = [];
    for (const name of await readdir(folder).catch(() => [])) {
      const named = readFileName(name);
      const file = path.join(folder, name);
      const found = named === undefined ? undefined : await stat(file).catch(() => undefined);
      if (named !== undefined && found?.isFile() === true && found.size > 0) files.push({ ...named, file, size: found.size });
    }
    const inOrder = files.sort((one, other) => one.number - other.number);
    return new RecordingLane(inOrder, sinceMs);
  }

  get isEmpty(): boolean {
    return this.#files.length === 0;
  }

  async look(): Promise<LaneFigures> {
    const sinceMs = this.#sinceMs;
    const figures: LaneFigures = { fromMs: undefined, untilMs: 0, bytes: 0, share: 1, redact: new Set(), gaps: [], ended: false, isCut: this.#isCut };
    let last: { number: number; untilMs: number; ends: boolean; isWhole: boolean } | undefined;
    for (const { file, number, size } of this.#files) {
      const seen = await lookAt(file, size);
      if (seen === undefined) {
        if (last !== undefined) last.isWhole = false;
        continue;
      }
      const { head, blocks, isWhole } = seen;
      if (last !== undefined) {
        const reason = gapReason(last, number, head);
        if (reason !== undefined) figures.gaps.push({ fromMs: last.untilMs, untilMs: head.startedMs, reason });
      }
      const within = blocks.filter(({ head: block }) => block.untilMs > sinceMs);
      for (const { head: block } of within) {
        figures.share = Math.min(figures.share, block.share);
        if (block.gap !== undefined) figures.gaps.push(block.gap);
      }
      if (within.length > 0) {
        const covered = {
          fromMs: within[0].head.fromMs,
          untilMs: within[within.length - 1].head.untilMs,
          bytes: within.reduce((sum, { bytes }) => sum + bytes, 0),
        };
        this.#covered.set(file, covered);
        figures.fromMs ??= covered.fromMs;
        figures.untilMs = Math.max(figures.untilMs, covered.untilMs);
        figures.bytes += covered.bytes;
        for (const key of head.redact) figures.redact.add(key);
      }
      const final = blocks.at(-1)?.head;
      last = { number, untilMs: final?.untilMs ?? head.startedMs, ends: final?.ends === true, isWhole };
    }
    figures.ended = last?.ends === true;
    return figures;
  }

  /**
   * Its parts, as far as they were there when it was opened, each block's after one without a part, which says what it took on disk. What is not there any more, or damaged
   * by now, is told as a gap. `look` has to come first.
   */
  async *parts(signal: AbortSignal, gap: (gap: RecordingGap) => void): AsyncGenerator<ReadPart> {
    for (const { file, size } of this.#files) {
      const covered = this.#covered.get(file);
      if (signal.aborted) return;
      if (covered === undefined) continue;
      let read = 0;
      let reason = ROTATED;
      let fromMs = covered.fromMs;
      const handle = await open(file).catch(() => undefined);
      try {
        if (handle !== undefined) {
          reason = DAMAGED;
          for await (const { block, plain } of readBlocks(handle, size, this.#sinceMs)) {
            if (signal.aborted) return;
            const parts = plain && readParts(plain);
            read += block.bytes;
            fromMs = block.head.untilMs;
            if (parts === undefined) gap({ fromMs: block.head.fromMs, untilMs: block.head.untilMs, reason });
            yield { part: undefined, bytes: block.bytes };
            for (const part of parts ?? []) if (part.atMs >= this.#sinceMs) yield { part, bytes: 0 };
            if (plain !== undefined) giveBack(plain);
          }
        }
      } catch {
        // Said below: it has not been read to its end.
      } finally {
        await handle?.close().catch(() => undefined);
      }
      if (read >= covered.bytes) continue;
      gap({ fromMs, untilMs: covered.untilMs, reason });
      yield { part: undefined, bytes: covered.bytes - read };
    }
  }
}

/** The part is good until the next is asked for. */
export type ReadPart = { part: RecordedPart | undefined; bytes: number };

async function* readBlocks(handle: FileHandle, size: number, sinceMs: number): AsyncGenerator<{ block: FoundBlock; plain: Buffer | undefined }> {
  const walk = new BlockWalk(handle, size, AHEAD_WITH_DATA_BYTES);
  if ((await walk.fileHead()) === undefined) return;
  for (let block = await walk.next(); block !== "end" && block !== "torn"; block = await walk.next()) {
    const { head } = block;
    if (head.untilMs > sinceMs) yield { block, plain: head.frameBytes === 0 ? NO_DATA : await readBlock(walk, block) };
  }
}

async function readBlock(walk: BlockWalk, block: FoundBlock): Promise<Buffer | undefined> {
  try {
    const { plainBytes } = block.head;
    // In one go and in this thread, which is not the one that receives: in pieces of the usual size, each through a thread of the pool, this took more than all the rest of a replay.
    const plain = zstdDecompressSync(await walk.frame(block), { maxOutputLength: Math.max(1, plainBytes), chunkSize: Math.max(64, plainBytes) });
    return plain.length === plainBytes ? plain : undefined;
  } catch {
    return undefined;
  }
}

/** At once, and not when it is collected: every 32 MB of such memory V8 marks the whole heap, an eighth of what a replay took. */
function giveBack({ buffer, length }: Buffer): void {
  if (buffer instanceof ArrayBuffer && length > 0 && buffer.byteLength === length) buffer.transfer(0);
}

type Looked = { head: FileHead; blocks: { head: BlockHead; bytes: number }[]; isWhole: boolean };

/** Undefined of what is no file of a recording, or gone by now. */
async function lookAt(file: string, size: number): Promise<Looked | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const walk = new BlockWalk(handle, size);
    const head = await walk.fileHead();
    if (head === undefined) return undefined;
    const blocks: Looked["blocks"] = [];
    for (;;) {
      const block = await walk.next();
      if (block === "end" || block === "torn") return { head, blocks, isWhole: block === "end" };
      blocks.push(block);
    }
  } catch {
    return undefined;
  } finally {
    await handle.close().catch(() => undefined);
  }
}

function gapReason(last: { number: number; ends: boolean; isWhole: boolean }, number: number, { begins }: FileHead): string | undefined {
  if (number !== last.number + 1) return last.isWhole ? MISSING : DAMAGED;
  if (begins === "started") return last.ends ? NOT_RUNNING : KILLED;
  return last.isWhole ? undefined : DAMAGED;
}
