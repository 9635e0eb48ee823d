import type { FileHandle } from "node:fs/promises";
import { type BlockHead, blockHeadSchema, type FileHead, fileHeadSchema, HEAD_BYTES, JSON_BYTES_MAX, jsonLength, readJson } from "./recordingFormat.ts";

/** Heads are some hundred bytes; where little comes, many of them lie close together. Where their data is wanted too, so much is read at once. */
const AHEAD_BYTES = 16_384;
export const AHEAD_WITH_DATA_BYTES = 1_048_576;

/** `at`: where its zstd frame begins; `bytes`: what it takes on disk, its head included. */
export type FoundBlock = { head: BlockHead; at: number; bytes: number };

/** Reads the heads of a file of a recording one after the other, and the data that is asked for. Rejects with the disk's errors alone. */
export class BlockWalk {
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #aheadBytes: number;
  #at = 0;
  #ahead: Buffer = Buffer.alloc(0);
  #aheadAt = 0;

  /** `size`: what lies behind it is not looked at. */
  constructor(handle: FileHandle, size: number, aheadBytes = AHEAD_BYTES) {
    this.#handle = handle;
    this.#size = size;
    this.#aheadBytes = aheadBytes;
  }

  /** First of all. Undefined of a file that is none of ours. */
  fileHead(): Promise<FileHead | undefined> {
    return this.#json((json) => readJson(json, fileHeadSchema));
  }

  /** The next one; "end" after the last, "torn" where what follows is not whole, or no block. */
  async next(): Promise<FoundBlock | "end" | "torn"> {
    if (this.#at >= this.#size) return "end";
    const began = this.#at;
    const head = await this.#json((json) => readJson(json, blockHeadSchema));
    if (head === undefined || this.#at + head.frameBytes > this.#size) return "torn";
    const at = this.#at;
    this.#at += head.frameBytes;
    return { head, at, bytes: this.#at - began };
  }

  /** The zstd frame of the block that `next` found last; good until the next call. */
  frame({ head, at }: FoundBlock): Promise<Buffer> {
    return this.#range(at, head.frameBytes);
  }

  async #json<T>(read: (json: Buffer) => T | undefined): Promise<T | undefined> {
    const start = await this.#peek(HEAD_BYTES);
    const length = start === undefined ? -1 : jsonLength(start, 0);
    if (length < 0) return undefined;
    const all = await this.#peek(HEAD_BYTES + length);
    this.#at += HEAD_BYTES + length;
    return all === undefined ? undefined : read(all.subarray(HEAD_BYTES, HEAD_BYTES + length));
  }

  /** At least so many bytes from where it stands; undefined when there are not so many. */
  async #peek(bytes: number): Promise<Buffer | undefined> {
    if (this.#at + bytes > this.#size || bytes > HEAD_BYTES + JSON_BYTES_MAX) return undefined;
    const found = await this.#range(this.#at, bytes);
    return found.length < bytes ? undefined : found;
  }

  /** Fewer where the file ends before. */
  async #range(at: number, bytes: number): Promise<Buffer> {
    if (at < this.#aheadAt || at + bytes > this.#aheadAt + this.#ahead.length) {
      this.#ahead = await readRange(this.#handle, at, Math.min(Math.max(bytes, this.#aheadBytes), this.#size - at));
      this.#aheadAt = at;
    }
    return this.#ahead.subarray(at - this.#aheadAt, at - this.#aheadAt + bytes);
  }
}

/** Fewer than asked for where the file ends before. */
async function readRange(handle: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await handle.read(buffer, filled, bytes - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
