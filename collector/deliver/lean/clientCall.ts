import type { AnswerFields } from "../grpcOutcome.ts";

const NOTHING: Buffer = Buffer.alloc(0);

/** What became of a call. */
export type CallEnd =
  | { kind: "answered"; head: AnswerFields; trailers: AnswerFields | undefined; body: Buffer }
  /** The answer has more bytes than are read of one. */
  | { kind: "too_large" }
  /** Its connection ended, or was never made; `error` is the socket's. */
  | { kind: "closed"; error: Error | undefined }
  | { kind: "failed"; message: string }
  /** The backend has not looked at it, and never will (RFC 9113, 8.7): it may be sent again at once. */
  | { kind: "unprocessed"; message: string };

/** One request and its answer, as far as it has come. */
export class ClientCall {
  /** Header block and body of the request. */
  readonly block: Buffer;
  readonly bytes: Buffer;
  readonly #ended: (end: CallEnd) => void;
  /** 0: it has no stream yet. */
  id = 0;
  isOver = false;
  /** Bytes of the body that were handed to the socket, and how far that socket had come with them. */
  at = 0;
  handedTo = 0;
  /** Bytes that the backend takes. */
  sendWindow = 0;
  head: AnswerFields | undefined;
  trailers: AnswerFields | undefined;
  /** Of the answer's length as its header says; undefined: it does not. */
  contentLeft: number | undefined;
  /** Bytes of DATA frames since the last window update. */
  received = 0;
  bodyBytes = 0;
  #body = NOTHING;
  #bodyLength = 0;

  /** `ended` is called once. */
  constructor(block: Buffer, bytes: Buffer, ended: (end: CallEnd) => void) {
    this.block = block;
    this.bytes = bytes;
    this.#ended = ended;
  }

  get isSent(): boolean {
    return this.at === this.bytes.length;
  }

  /** Keeps a copy of bytes[start, end) of the answer. */
  keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#bodyLength + end - start;
    if (length > this.#body.length) {
      const larger = Buffer.allocUnsafe(2 * length);
      this.#body.copy(larger, 0, 0, this.#bodyLength);
      this.#body = larger;
    }
    bytes.copy(this.#body, this.#bodyLength, start, end);
    this.#bodyLength = length;
  }

  answered(head: AnswerFields): void {
    this.end({ kind: "answered", head, trailers: this.trailers, body: this.#body.subarray(0, this.#bodyLength) });
  }

  end(end: CallEnd): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#ended(end);
  }
}
