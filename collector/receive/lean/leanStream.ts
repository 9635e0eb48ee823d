import type { GrpcTrailers } from "../grpcAnswer.ts";
import type { GrpcReading, GrpcStream } from "../grpcEngine.ts";

/** Of the connection, what a stream needs to be answered. */
export type Answerer = {
  succeed(stream: LeanStream): void;
  fail(stream: LeanStream, trailers: GrpcTrailers): void;
  reject(stream: LeanStream, httpStatus: number): void;
};

/** What waits for the client's windows: the rest of a body, then the trailers if there are any. */
export type Unsent = { bytes: Buffer; at: number; trailers: Buffer | undefined };

/** One request and its answer. */
export class LeanStream implements GrpcStream {
  readonly id: number;
  readonly isHead: boolean;
  readonly #answerer: Answerer;
  reading: GrpcReading | undefined;
  /** Nothing more can be said on it. */
  isGone = false;
  /** The client has said all. */
  hasEnded = false;
  isAnswered = false;
  unsent: Unsent | undefined;
  /** Bytes that the client takes. */
  sendWindow: number;
  /** Bytes of DATA frames since the last window update. */
  received = 0;
  /** Of the body's length as its header says; undefined: it does not. */
  contentLeft: number | undefined;
  /** Bytes of the body that nobody wanted. */
  discarded = 0;
  /** When it was answered, in milliseconds of the connection's clock. */
  answeredAtMs = 0;

  constructor(id: number, isHead: boolean, answerer: Answerer, sendWindow: number, contentLength: number | undefined) {
    this.id = id;
    this.isHead = isHead;
    this.#answerer = answerer;
    this.sendWindow = sendWindow;
    this.contentLeft = contentLength;
  }

  succeed(): void {
    if (!this.isGone && !this.isAnswered) this.#answerer.succeed(this);
  }

  fail(trailers: GrpcTrailers): void {
    if (!this.isGone && !this.isAnswered) this.#answerer.fail(this, trailers);
  }

  reject(httpStatus: number): void {
    if (!this.isGone && !this.isAnswered) this.#answerer.reject(this, httpStatus);
  }
}
