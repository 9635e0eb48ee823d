import { PREFACE } from "../../http2/http2.ts";

const HTTP1 = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /;
const HTTP1_TEXT = "this port takes OTLP/gRPC, which is HTTP/2; OTLP/HTTP has its own port\n";
/** For who speaks HTTP/1.1 to a port of HTTP/2. */
export const HTTP1_ANSWER = Buffer.from(
  `HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain\r\ncontent-length: ${HTTP1_TEXT.length}\r\nconnection: close\r\n\r\n${HTTP1_TEXT}`,
);

/** What a client's connection begins with (RFC 9113, 3.4). */
export class Preface {
  #length = 0;

  get isWhole(): boolean {
    return this.#length === PREFACE.length;
  }

  /** Where in bytes[start, end) it ends, or goes on beyond; what else it is when it is none. */
  read(bytes: Buffer, start: number, end: number): number | "http1" | "something else" {
    const next = Math.min(end, start + PREFACE.length - this.#length);
    if (bytes.compare(PREFACE, this.#length, this.#length + next - start, start, next) !== 0) {
      return this.#length === 0 && HTTP1.test(bytes.toString("latin1", start, Math.min(end, start + 8))) ? "http1" : "something else";
    }
    this.#length += next - start;
    return next;
  }
}
