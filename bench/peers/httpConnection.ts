import { connect, type Socket } from "node:net";
import type { PeerConnection } from "./generator.ts";
import type { PreparedRequest } from "./preparedRequest.ts";

const HEAD_END = Buffer.from("\r\n\r\n");
const CHUNKS_END = "0\r\n\r\n";

/** An HTTP/1.1 client with keep-alive on a plain socket, one request at a time. Resolves a send with whether the status was 200. */
export class HttpConnection implements PeerConnection {
  readonly #port: number;
  #socket: Socket;
  #answer: Buffer = Buffer.alloc(0);
  #done: ((taken: boolean) => void) | undefined;

  constructor(port: number) {
    this.#port = port;
    this.#socket = this.#open();
  }

  send(request: PreparedRequest): Promise<boolean> {
    if (this.#socket.destroyed) this.#socket = this.#open();
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#socket.write(request.bytes);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #open(): Socket {
    const socket = connect(this.#port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.#answer = this.#answer.length === 0 ? chunk : Buffer.concat([this.#answer, chunk]);
      const status = wholeAnswer(this.#answer);
      if (status !== undefined) this.#end(status === 200);
    });
    socket.on("error", () => {});
    socket.on("close", () => this.#end(false));
    return socket;
  }

  #end(taken: boolean): void {
    const done = this.#done;
    this.#done = undefined;
    this.#answer = Buffer.alloc(0);
    done?.(taken);
  }
}

/** The status of an answer that is there to its end (RFC 9112 §6: Content-Length or chunks), else undefined. */
export function wholeAnswer(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  const isWhole = length
    ? bytes.length >= headEnd + HEAD_END.length + Number(length[1])
    : !/\r\ntransfer-encoding: *chunked/i.test(head) || bytes.toString("latin1", bytes.length - CHUNKS_END.length) === CHUNKS_END;
  return isWhole ? Number(head.slice(9, 12)) : undefined;
}
