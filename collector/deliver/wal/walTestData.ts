import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Clock } from "../../clock.ts";
import { BATCH_HEADROOM } from "../batch.ts";
import type { LoadedBatch } from "./batchLoader.ts";
import { diskFiles, type WalFile, type WalFiles } from "./walFiles.ts";
import { WriteAheadLog } from "./writeAheadLog.ts";

const SPEED = 8;
const HEAD = 8;

/** Runs 8 times as fast as the wall clock: what the log does each second it does each 125 ms here. */
export const quickClock: Clock = {
  now: () => performance.now() * SPEED,
  unixMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms / SPEED);
    return () => clearTimeout(timer);
  },
};

export async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), "headgate-wal-"));
}

/** What a kill at this moment would leave. */
export async function asIfKilled(folder: string): Promise<string> {
  const copy = await temporaryFolder();
  await cp(folder, copy, { recursive: true, filter: (source) => path.basename(source) !== "lock" });
  return copy;
}

export type Watched = { log: WriteAheadLog; changes: number; lost: { spans: number; message: string }[] };

export async function openLog(
  folder: string,
  settings: Partial<{ bytesMax: number; fsync: "always" | "interval" | "never"; fsyncMs: number }> = {},
  more: { files?: WalFiles; recordsMax?: number; clock?: Clock; hangMs?: number } = {},
): Promise<Watched> {
  const watched: Omit<Watched, "log"> = { changes: 0, lost: [] };
  const log = await WriteAheadLog.open({
    folder,
    settings: { bytesMax: 67_108_864, fsync: "interval", fsyncMs: 100, ...settings },
    clock: quickClock,
    observer: {
      changed: () => {
        watched.changes++;
      },
      lost: (spans, message) => {
        watched.lost.push({ spans, message });
      },
    },
    // Five seconds of the wall: a busy machine is not a disk that hangs.
    hangMs: 40_000,
    ...more,
  });
  return Object.assign(watched, { log });
}

/** A payload that says which record it is: its id, its length, and bytes that follow from both. */
export function payloadOf(id: number, bytes: number): Buffer {
  const payload = Buffer.alloc(Math.max(bytes, HEAD));
  payload.writeUInt32LE(id, 0);
  payload.writeUInt32LE(payload.length, 4);
  for (let at = HEAD; at < payload.length; at++) payload[at] = (id * 31 + at * 7) & 0xff;
  return payload;
}

export function spansOf(id: number): number {
  return 1 + (id % 5);
}

/** Appends the record `id`; false when the log refuses it. */
export function append(log: WriteAheadLog, id: number, bytes: number): boolean {
  const payload = payloadOf(id, bytes);
  if (log.refusal(payload.length) !== undefined) return false;
  log.append(payload, 0, payload.length, spansOf(id));
  return true;
}

export function idsIn(batch: LoadedBatch): number[] {
  const ids: number[] = [];
  let spans = 0;
  for (let at = BATCH_HEADROOM; at < batch.end; ) {
    const id = batch.buffer.readUInt32LE(at);
    const length = batch.buffer.readUInt32LE(at + 4);
    if (!batch.buffer.subarray(at, at + length).equals(payloadOf(id, length))) throw new Error(`record ${id} is not what was written`);
    ids.push(id);
    spans += spansOf(id);
    at += length;
  }
  if (ids.length !== batch.records || spans !== batch.spans) throw new Error(`a batch of ${ids.length} records says ${batch.records}`);
  return ids;
}

export async function readAll(log: WriteAheadLog, limits = { spansMax: 1000, bytesMax: 100_000 }): Promise<number[]> {
  const ids: number[] = [];
  for (let seq = log.firstSeq; ; ) {
    const batch = await log.load(seq, limits);
    if (batch === undefined) return ids;
    ids.push(...idsIn(batch));
    seq = batch.toSeq;
  }
}

export async function segmentFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".wal")).sort();
}

export async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

export type Call =
  | "makeFolder"
  | "list"
  | "create"
  | "openToWrite"
  | "openToRead"
  | "truncate"
  | "exists"
  | "lock"
  | "remove"
  | "syncFolder"
  | "write"
  | "writeNow"
  | "read"
  | "sync";

/** The real disk with a hook before each call, which may throw or take its time; a write can be cut short. */
export class FaultyFiles {
  before: (call: Call, file: string) => void | Promise<void> = () => {};
  /** Whether it may be written to without another thread; then a `before` of "writeNow" must not wait. */
  isLocal = false;
  /** How many bytes of a write the disk takes. */
  takes: (length: number) => number = (length) => length;
  readonly counts = new Map<Call, number>();

  readonly files: WalFiles = {
    makeFolder: (folder) => this.#call("makeFolder", folder, () => diskFiles.makeFolder(folder)),
    isLocal: () => Promise.resolve(this.isLocal),
    list: (folder) => this.#call("list", folder, () => diskFiles.list(folder)),
    create: (file) => this.#call("create", file, async () => this.#file(file, await diskFiles.create(file))),
    openToWrite: (file) => this.#call("openToWrite", file, async () => this.#file(file, await diskFiles.openToWrite(file))),
    openToRead: (file) => this.#call("openToRead", file, async () => this.#file(file, await diskFiles.openToRead(file))),
    truncate: (file, bytes) => this.#call("truncate", file, () => diskFiles.truncate(file, bytes)),
    exists: (file) => this.#call("exists", file, () => diskFiles.exists(file)),
    createLink: (text, file) => this.#call("lock", file, () => diskFiles.createLink(text, file)),
    readLink: (file) => diskFiles.readLink(file),
    remove: (file) => this.#call("remove", file, () => diskFiles.remove(file)),
    removeFolder: (folder) => diskFiles.removeFolder(folder),
    syncFolder: (folder) => this.#call("syncFolder", folder, () => diskFiles.syncFolder(folder)),
  };

  count(call: Call): number {
    return this.counts.get(call) ?? 0;
  }

  async #call<T>(call: Call, file: string, run: () => Promise<T>): Promise<T> {
    this.counts.set(call, this.count(call) + 1);
    await this.before(call, file);
    return run();
  }

  #file(name: string, file: WalFile): WalFile {
    return {
      write: (buffer, start, length, position) => this.#call("write", name, () => file.write(buffer, start, Math.max(0, this.takes(length)), position)),
      writeNow: (buffer, start, length, position) => {
        this.counts.set("writeNow", this.count("writeNow") + 1);
        this.before("writeNow", name);
        return file.writeNow(buffer, start, Math.max(0, this.takes(length)), position);
      },
      read: (buffer, start, length, position) => this.#call("read", name, () => file.read(buffer, start, length, position)),
      sync: () => this.#call("sync", name, () => file.sync()),
      close: () => file.close(),
    };
  }
}
