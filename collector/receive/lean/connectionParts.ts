import type { WriteBuffers } from "../../http2/frameWriter.ts";
import type { ConnectionEnd, GrpcConnection } from "../grpcEngine.ts";

/** Where a connection writes. */
export type Transport = {
  /** True: all of it has gone, and the bytes are free again. */
  send(bytes: Buffer): boolean;
  readonly unsentBytes: number;
  /** Nothing more is written. What comes is thrown away until the other side ends too, for a moment at most. */
  end(): void;
};

export type ConnectionParts = {
  buffers: WriteBuffers;
  connected(): GrpcConnection;
  ended(why: ConnectionEnd): void;
  /** Milliseconds, of a steady clock. */
  now(): number;
  /** Runs once what runs now is done. */
  defer(run: () => void): void;
};

/** How long a connection may be in a state that costs its client nothing. */
export type Patience = {
  /** For the preface and for the rest of a frame or header block that has begun. */
  unfinishedMs: number;
  /** Without a stream. */
  idleMs: number;
  /** For an answer to be taken, and for the rest of a request that was turned away. */
  answeredMs: number;
};
