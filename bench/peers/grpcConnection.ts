import { connect, type Socket } from "node:net";
import type { PeerConnection } from "./generator.ts";
import { ACK, END_STREAM, FRAME, FRAME_HEAD, FrameReader, frame, PREFACE, SETTING, saysOk, settings, WINDOW_DEFAULT, windowUpdate } from "./h2Frames.ts";
import type { PreparedRequest } from "./preparedRequest.ts";

const RECEIVE_WINDOW = 1 << 30;

type Stream = { id: number; request: PreparedRequest; nextFrame: number; window: number; done: (taken: boolean) => void };

/** A gRPC client's side of HTTP/2 on a plain socket: flow control is honoured, nothing is retried. Resolves a send with whether the answer was OK. */
export class GrpcConnection implements PeerConnection {
  readonly #socket: Socket;
  readonly #streams = new Map<number, Stream>();
  /** Those that have frames left, in the order of their sends. */
  #unsent: Stream[] = [];
  #nextId = 1;
  #window = WINDOW_DEFAULT;
  #initialWindow = WINDOW_DEFAULT;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.setNoDelay(true);
    const opening = settings([
      [SETTING.headerTableSize, 0],
      [SETTING.enablePush, 0],
      [SETTING.initialWindowSize, 1 << 20],
    ]);
    this.#socket.write(Buffer.concat([PREFACE, opening, windowUpdate(0, RECEIVE_WINDOW)]));
    const reader = new FrameReader((type, flags, stream, payload) => this.#frame(type, flags, stream, payload));
    this.#socket.on("data", (chunk: Buffer) => reader.push(chunk));
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      for (const { done } of this.#streams.values()) done(false);
      this.#streams.clear();
      this.#unsent = [];
    });
  }

  send(request: PreparedRequest): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(false);
      const id = this.#nextId;
      this.#nextId += 2;
      request.setStream(id);
      const stream = { id, request, nextFrame: 0, window: this.#initialWindow, done: resolve };
      this.#streams.set(id, stream);
      this.#unsent.push(stream);
      this.#pump();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #pump(): void {
    for (const stream of this.#unsent) this.#write(stream);
    this.#unsent = this.#unsent.filter(({ nextFrame, request }) => nextFrame < request.frameAt.length);
  }

  /** As many frames as both windows take, in one write. */
  #write(stream: Stream): void {
    const { bytes, frameAt } = stream.request;
    const from = stream.nextFrame;
    let next = from;
    for (; next < frameAt.length; next++) {
      const length = next === 0 ? 0 : (frameAt[next + 1] ?? bytes.length) - frameAt[next] - FRAME_HEAD;
      if (length > Math.min(stream.window, this.#window)) break;
      stream.window -= length;
      this.#window -= length;
    }
    if (next === from) return;
    stream.nextFrame = next;
    this.#socket.write(bytes.subarray(frameAt[from], frameAt[next] ?? bytes.length));
  }

  #frame(type: number, flags: number, id: number, payload: Buffer): void {
    if (type === FRAME.settings && !(flags & ACK)) this.#settings(payload);
    else if (type === FRAME.ping && !(flags & ACK)) this.#socket.write(frame(FRAME.ping, ACK, 0, payload));
    else if (type === FRAME.windowUpdate) {
      const bytes = payload.readUInt32BE(0);
      const stream = this.#streams.get(id);
      if (id === 0) this.#window += bytes;
      else if (stream) stream.window += bytes;
      if (this.#unsent.length > 0) this.#pump();
    } else if (type === FRAME.headers && flags & END_STREAM) this.#end(id, saysOk(payload));
    else if (type === FRAME.reset) this.#end(id, false);
    else if (type === FRAME.goAway) this.#socket.end();
  }

  #end(id: number, taken: boolean): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    if (stream.nextFrame < stream.request.frameAt.length) this.#unsent = this.#unsent.filter((other) => other !== stream);
    stream.done(taken);
  }

  #settings(payload: Buffer): void {
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (payload.readUInt16BE(at) !== SETTING.initialWindowSize) continue;
      const window = payload.readUInt32BE(at + 2);
      for (const stream of this.#streams.values()) stream.window += window - this.#initialWindow;
      this.#initialWindow = window;
    }
    this.#socket.write(frame(FRAME.settings, ACK, 0, Buffer.alloc(0)));
    this.#pump();
  }
}
