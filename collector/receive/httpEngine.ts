import type { ReceiverSecurity } from "../security/receiverSecurity.ts";

/** How long a connection may be silent between two requests. */
export const KEEP_ALIVE_MS = 65_000;
/** How much of a refused body is read and thrown away to keep its connection; beyond it the connection is closed. */
export const DISCARD_BYTES_MAX = 67_108_864;
export const HEADER_BYTES_MAX = 16_384;
/** How long the other side has to end a connection that was ended here. */
export const LINGER_MS = 1_000;

/** What a request's head says, as far as anybody here asks. Header values as they came; undefined: not sent. */
export type HttpHead = {
  method: string;
  /** Without the query. */
  path: string;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  authorization: string | undefined;
  origin: string | undefined;
  isSample: boolean;
  /** 0 where the head does not say. */
  contentLength: number;
};

/** The engine adds content-length, and what is to be said of the connection. */
export type HttpAnswer = { code: number; headers: Readonly<Record<string, string>>; body: string | Buffer };

/** A request's way back. On one that is gone, and a second time, it does nothing. What the client still sends of the body is thrown away as it comes. */
export type HttpExchange = { answer(answer: HttpAnswer): void };

/** A request as the engine feeds it: pieces of the body, bytes[start, end), valid during the call of `data` only, then `end`. `closed` comes last, always. */
export type HttpReading = {
  data(bytes: Buffer, start: number, end: number): void;
  end(): void;
  closed(): void;
};

/** What an engine needs to know of one connection. */
export type HttpConnection = {
  /** Undefined when the request has been answered already. */
  request(head: HttpHead, exchange: HttpExchange): HttpReading | undefined;
};

export type HttpEngineParts = {
  /** A connection has come. */
  connected(): HttpConnection;
  /** What came is no HTTP/1.1 request, or was not whole in time. */
  unreadable(): void;
  /** So many bytes came in buffers made for them alone, and these are not used again. */
  buffersDropped(bytes: number): void;
  /** First to last byte. */
  requestTimeoutMs: number;
  /** Other threads listen on the same port. */
  reusePort?: boolean;
  security: ReceiverSecurity;
};

/** An HTTP/1.1 server. */
export type HttpEngine = {
  start(host: string, port: number): Promise<number>;
  /** No new connection is let in, requests that are open may end, then connections close; what is left at the deadline is cut. */
  shutdown(deadlineMs: number): Promise<void>;
};

/** For the head of a request; the rest has until `requestTimeoutMs`. */
export function headTimeoutMs({ requestTimeoutMs }: Pick<HttpEngineParts, "requestTimeoutMs">): number {
  return Math.min(10_000, requestTimeoutMs);
}

/** How often that is looked at. */
export function checkIntervalMs({ requestTimeoutMs }: Pick<HttpEngineParts, "requestTimeoutMs">): number {
  return Math.min(1_000, requestTimeoutMs);
}
