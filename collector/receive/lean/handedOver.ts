import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A socket that somebody else goes on with: what was read of it already comes first. What it reads comes by `bring`, since who reads it stays the same. */
export class HandedOver extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, first: Buffer) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on("timeout", () => this.emit("timeout"));
    this.bring(first);
  }

  /** `bytes` are given away. */
  bring(bytes: Buffer): void {
    if (!this.push(bytes)) this.#socket.pause();
  }

  /** As of a socket: emits `timeout` after so many milliseconds without a byte; 0 ends that. */
  setTimeout(ms: number, onTimeout?: () => void): this {
    if (onTimeout !== undefined) this.once("timeout", onTimeout);
    this.#socket.setTimeout(ms);
    return this;
  }

  /** As of a socket: ends it once what was written has gone. */
  destroySoon(): void {
    if (this.writableFinished) return void this.destroy();
    this.once("finish", () => this.destroy());
    if (!this.writableEnded) this.end();
  }

  /** The client will send nothing more. */
  finished(): void {
    if (!this.readableEnded && !this.destroyed) this.push(null);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
