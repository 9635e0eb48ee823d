import { FrameWriter, type WriteBuffers } from "../../http2/frameWriter.ts";
import { FRAME_BYTES_MAX, WINDOW_AT_FIRST, WINDOW_MAX } from "../../http2/http2.ts";
import type { ClientCall } from "./clientCall.ts";
import type { ClientTransport } from "./clientTransport.ts";

/** Of bodies; the rest stays where it can be taken back until the socket has room. */
const UNSENT_BYTES_MAX = 1_048_576;
/** Where a backend takes larger frames. */
const DATA_BYTES_MAX = 1_048_576;

/** What goes to a backend: frames, and the bodies of calls as far as its windows (RFC 9113, 6.9) and the socket have room, without a copy of them. */
export class Outgoing {
  readonly writer: FrameWriter;
  readonly #transport: ClientTransport;
  readonly #buffers: WriteBuffers;
  /** Of the writer: some of what was written into them has not gone. */
  readonly #held: Buffer[] = [];
  /** Calls of which something is unsent, oldest first. */
  readonly #calls = new Set<ClientCall>();
  #window = WINDOW_AT_FIRST;
  #initialWindow = WINDOW_AT_FIRST;
  #frameBytesMax = FRAME_BYTES_MAX;
  /** Bytes given to the transport so far. */
  #handed = 0;
  /** DATA frames written so far. */
  dataFrames = 0;

  constructor(transport: ClientTransport, buffers: WriteBuffers) {
    this.#transport = transport;
    this.#buffers = buffers;
    const held = {
      take: () => {
        const buffer = buffers.take();
        this.#held.push(buffer);
        return buffer;
      },
      // They are given back in `written`.
      give: () => undefined,
    };
    this.writer = new FrameWriter(held, (bytes) => {
      this.#handed += bytes.length;
      transport.write(bytes);
      return false;
    });
  }

  add(call: ClientCall, block: Buffer): void {
    this.writer.headers(call.id, block, false);
    call.sendWindow = this.#initialWindow;
    this.#calls.add(call);
  }

  forget(call: ClientCall): void {
    this.#calls.delete(call);
  }

  /** The transport still looks at bytes of this call. */
  isHeld(call: ClientCall): boolean {
    return call.handedTo > this.#handed - this.#transport.unsentBytes;
  }

  set frameBytesMax(bytes: number) {
    this.#frameBytesMax = Math.min(bytes, DATA_BYTES_MAX);
  }

  /** False: the window has become larger than it may. */
  widen(call: ClientCall | undefined, bytes: number): boolean {
    if (call === undefined) {
      this.#window += bytes;
      return this.#window <= WINDOW_MAX;
    }
    call.sendWindow += bytes;
    return call.sendWindow <= WINDOW_MAX;
  }

  /** Of streams that are open too (6.9.2), so windows can become negative. False: one has become larger than it may. */
  setInitialWindow(bytes: number, calls: Iterable<ClientCall>): boolean {
    const change = bytes - this.#initialWindow;
    this.#initialWindow = bytes;
    for (const call of calls) {
      call.sendWindow += change;
      if (call.sendWindow > WINDOW_MAX) return false;
    }
    return true;
  }

  /** Hands over all that can go. */
  flush(): void {
    if (this.writer.isEmpty && this.#calls.size === 0) return;
    this.#transport.cork();
    for (const call of this.#calls) {
      this.#pump(call);
      if (this.#window <= 0) break;
    }
    this.writer.flush();
    this.#transport.uncork();
    this.written();
  }

  /** To be called when some of what was handed over has gone. */
  written(): void {
    if (this.#transport.unsentBytes > 0) return;
    for (let buffer = this.#held.pop(); buffer !== undefined; buffer = this.#held.pop()) this.#buffers.give(buffer);
  }

  #pump(call: ClientCall): void {
    const { bytes } = call;
    while (call.at < bytes.length && this.#transport.unsentBytes < UNSENT_BYTES_MAX) {
      const most = Math.min(this.#window, call.sendWindow, this.#frameBytesMax, bytes.length - call.at);
      if (most <= 0) return;
      const next = call.at + most;
      this.writer.dataInPlace(call.id, bytes, call.at, next, next === bytes.length);
      this.dataFrames++;
      call.at = next;
      call.handedTo = this.#handed;
      call.sendWindow -= most;
      this.#window -= most;
    }
    if (call.isSent) this.#calls.delete(call);
  }
}
