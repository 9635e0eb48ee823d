import type { MessagePort } from "node:worker_threads";
import type { AboutRequest, Answer } from "../receive/answer.ts";

/** Where a part's request ends in the buffer, and where (a multiple of 4) behind it so many integers stand that tell what its scan found under a policy. */
export type WrittenPart = { end: number; columnsAt: number; columns: number; policyHash: string };
export type ShardPart = WrittenPart & { start: number; about: PartAbout };
/** `scanMs`: what reading the request has taken already. */
export type PartAbout = AboutRequest & { scanMs: number };
/** What one thread hands to another: requests one behind the other in `buffer`, which comes back with the answers. */
export type ShardParcel = { kind: "parcel"; number: number; buffer: ArrayBuffer; parts: ShardPart[] };
export type ShardReceipt = { kind: "receipt"; number: number; buffer: ArrayBuffer; answers: Answer[] };

const BUFFER_BYTES = 1_048_576;
const POOLED_MAX = 8;
/** On their way or being answered, of one thread for another. */
export const UNDERWAY_BYTES_MAX = 33_554_432;

type Open = { bytes: Buffer; used: number; parts: ShardParcel["parts"]; answers: ((answer: Answer) => void)[] };
type Parts = { port: Pick<MessagePort, "postMessage" | "on">; defer?: (run: () => void) => void };

/**
 * The way to another thread. Parts of all requests that come in one turn of the event loop go together, in pooled buffers that are transferred and come back: handing
 * over 200 KB costs 18–30 µs so, and half as much again through a shared ring (measured, shared sketches).
 */
export class ShardOutbox {
  readonly #port: Parts["port"];
  readonly #defer: (run: () => void) => void;
  readonly #pool: ArrayBuffer[] = [];
  readonly #underway = new Map<number, { bytes: number; answers: Open["answers"] }>();
  #underwayBytes = 0;
  #open: Open | undefined;
  #number = 0;

  constructor({ port, defer = (run) => void setImmediate(run) }: Parts) {
    this.#port = port;
    this.#defer = defer;
  }

  hasRoom(bytes: number): boolean {
    return this.#underwayBytes === 0 || this.#underwayBytes + bytes <= UNDERWAY_BYTES_MAX;
  }

  /** `write` puts at most `size` bytes to where it is told; the answer is the other thread's. */
  add(size: number, about: PartAbout, write: (out: Buffer, at: number) => WrittenPart): Promise<Answer> {
    if (this.#open !== undefined && this.#open.bytes.length - this.#open.used < size) this.flush();
    const open = this.#open ?? this.#begin(size);
    const start = open.used;
    const written = write(open.bytes, start);
    open.used = written.columnsAt + written.columns * 4;
    open.parts.push({ start, about, ...written });
    this.#underwayBytes += open.used - start;
    return new Promise((resolve) => open.answers.push(resolve));
  }

  flush(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const buffer = open.bytes.buffer as ArrayBuffer;
    const parcel: ShardParcel = { kind: "parcel", number: this.#number++, buffer, parts: open.parts };
    this.#underway.set(parcel.number, { bytes: open.used, answers: open.answers });
    this.#port.postMessage(parcel, [buffer]);
  }

  received({ number, buffer, answers }: ShardReceipt): void {
    const sent = this.#underway.get(number);
    if (sent === undefined) return;
    this.#underway.delete(number);
    this.#underwayBytes -= sent.bytes;
    if (buffer.byteLength === BUFFER_BYTES && this.#pool.length < POOLED_MAX) this.#pool.push(buffer);
    for (const [at, resolve] of sent.answers.entries()) resolve(answers[at]);
  }

  #begin(size: number): Open {
    const buffer = size <= BUFFER_BYTES ? (this.#pool.pop() ?? new ArrayBuffer(BUFFER_BYTES)) : new ArrayBuffer(size);
    this.#open = { bytes: Buffer.from(buffer), used: 0, parts: [], answers: [] };
    this.#defer(() => this.flush());
    return this.#open;
  }
}
