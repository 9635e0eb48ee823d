import { chmod, type FileHandle, mkdir, open, readdir, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import type { RecordingSettings } from "#domain/pipeline/pipelineSettings.ts";
import { coversRedaction } from "#domain/pipeline/redaction.ts";
import { type BlockHead, fileName, readFileName, writeHead } from "./recordingFormat.ts";
import { BlockWalk } from "./walkBlocks.ts";

const FILE_BYTES_MAX = 16_777_216;
const FILE_AGE_MAX_MS = 600_000;
/** So many files at least share each bound, so that deleting the oldest never takes away much at once. */
const FILES_WITHIN_BOUND = 16;
const HOUR_MS = 3_600_000;

/** All that is done with the disk, so that tests can make it fail or hang. */
export type RecordingDisk = { open: typeof open };
type Finished = { file: string; bytes: number; startedMs: number; untilMs: number };
type Current = Finished & { handle: FileHandle; redact: readonly string[] };
type Bounds = Pick<RecordingSettings, "bytesMax" | "hoursMax" | "redact">;

/** The files that one thread records into: opened when something is written, rotated, and deleted, the oldest first, to stay within their bounds. One call at a time. */
export class RecordingFiles {
  readonly #folder: string;
  readonly #unixMs: () => number;
  readonly #disk: RecordingDisk;
  #bounds: Bounds;
  #files: Finished[] = [];
  #current: Current | undefined;
  #number = 0;
  /** Of the process: what it writes first does not follow on what is there. */
  #begins: "started" | "continued" = "started";
  #isOpen = false;

  constructor(folder: string, bounds: Bounds, unixMs: () => number, disk: RecordingDisk = { open }) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.#unixMs = unixMs;
    this.#disk = disk;
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, this.#current?.bytes ?? 0);
  }

  /** When the oldest began, Unix milliseconds; 0 when there is none. */
  get sinceMs(): number {
    return this.#files[0]?.startedMs ?? this.#current?.startedMs ?? 0;
  }

  /** Finds what an earlier process left and deletes what is beyond the bounds or holds what is not to be held. */
  async open(): Promise<void> {
    if (this.#isOpen) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await chmod(this.#folder, 0o700);
    const known = new Map(this.#files.map((finished) => [finished.file, finished]));
    this.#files = [];
    this.#number = 0;
    for (const entry of await readdir(this.#folder, { withFileTypes: true, recursive: true })) {
      const named = entry.isFile() ? readFileName(entry.name) : undefined;
      if (named === undefined) continue;
      const file = path.join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(file);
      if (entry.parentPath === this.#folder) this.#number = Math.max(this.#number, named.number + 1);
      this.#files.push(known.get(file) ?? { file, bytes: size, startedMs: named.startedMs, untilMs: Math.max(named.startedMs, mtimeMs) });
    }
    this.#files.sort((one, other) => one.startedMs - other.startedMs);
    await this.#deleteUnredacted();
    await this.#shrink(0);
    this.#isOpen = true;
  }

  /** Holds from now on, and for what is there. */
  async use(bounds: Bounds): Promise<void> {
    this.#bounds = bounds;
    this.#isOpen = false;
    await this.#finish();
    await this.open();
  }

  /** Deletes what has grown too old. */
  async expire(): Promise<void> {
    if (this.#isOpen) await this.#shrink(0);
  }

  /** `redact`: under which the frame was made. After an error nothing of it is there, or a torn end that readers leave out. */
  async append(head: BlockHead, frame: Buffer, redact: readonly string[]): Promise<void> {
    await this.open();
    const bytes = Buffer.concat([writeHead(head), frame]);
    const { bytesMax, hoursMax } = this.#bounds;
    const fileBytesMax = Math.min(FILE_BYTES_MAX, Math.floor(bytesMax / FILES_WITHIN_BOUND));
    const ageMaxMs = Math.min(FILE_AGE_MAX_MS, (hoursMax * HOUR_MS) / FILES_WITHIN_BOUND);
    const current = this.#current;
    if (current !== undefined && (current.bytes + bytes.length > fileBytesMax || head.untilMs - current.startedMs > ageMaxMs || current.redact !== redact)) {
      await this.#finish();
    }
    await this.#shrink(bytes.length);
    try {
      const into = this.#current ?? (await this.#begin(head.fromMs, redact));
      await writeAll(into.handle, bytes, into.bytes);
      into.bytes += bytes.length;
      into.untilMs = head.untilMs;
    } catch (error) {
      // What follows goes into a new file: nobody knows what this one ends with.
      await this.#finish().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#finish();
  }

  /** Deletes everything. What is no file of a recording stays. */
  async remove(): Promise<void> {
    await this.#finish().catch(() => undefined);
    this.#isOpen = false;
    const entries = await readdir(this.#folder, { withFileTypes: true, recursive: true }).catch(nothingThere);
    for (const entry of entries) {
      if (entry.isFile() && readFileName(entry.name) !== undefined) await rm(path.join(entry.parentPath, entry.name), { force: true });
    }
    this.#files = [];
    this.#begins = "started";
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name));
    for (const folder of [...folders, this.#folder]) await rmdir(folder).catch(() => undefined);
  }

  async #begin(fromMs: number, redact: readonly string[]): Promise<Current> {
    const file = path.join(this.#folder, fileName(fromMs, this.#number));
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const handle = await this.#disk.open(file, "wx", 0o600);
    this.#number++;
    this.#current = { file, handle, redact, bytes: 0, startedMs: fromMs, untilMs: fromMs };
    const head = writeHead({ headgateRecording: 1, startedMs: fromMs, begins: this.#begins, redact: [...redact] });
    await writeAll(handle, head, 0);
    this.#current.bytes = head.length;
    this.#begins = "continued";
    return this.#current;
  }

  async #finish(): Promise<void> {
    if (this.#current === undefined) return;
    const { handle, redact: _redact, ...finished } = this.#current;
    this.#current = undefined;
    this.#files.push(finished);
    await handle.truncate(finished.bytes).finally(() => handle.close());
  }

  /** Until what there is and `more` are within the bounds. */
  async #shrink(more: number): Promise<void> {
    const { bytesMax, hoursMax } = this.#bounds;
    const oldestMs = this.#unixMs() - hoursMax * HOUR_MS;
    while (this.#files.length > 0 && (this.bytes + more > bytesMax || this.#files[0].untilMs < oldestMs)) {
      await rm(this.#files[0].file, { force: true });
      this.#files.shift();
    }
  }

  async #deleteUnredacted(): Promise<void> {
    const kept: Finished[] = [];
    for (const finished of this.#files) {
      const had = await redactOf(finished);
      if (had !== undefined && coversRedaction(had, this.#bounds.redact)) kept.push(finished);
      else await rm(finished.file, { force: true });
    }
    this.#files = kept;
  }
}

/** Undefined where it can't be said. */
async function redactOf({ file, bytes }: Finished): Promise<readonly string[] | undefined> {
  const handle = await open(file);
  try {
    return (await new BlockWalk(handle, bytes).fileHead())?.redact;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}

function nothingThere(error: unknown): [] {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
  throw error;
}
