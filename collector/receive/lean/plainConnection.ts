// Longer than most: what may be said depends on what is being read and on what is unanswered, and the rules have to be read beside each other.
import { unreadableAnswer } from "../httpAnswer.ts";
import { DISCARD_BYTES_MAX, HEADER_BYTES_MAX, type HttpConnection, type HttpExchange, type HttpReading, KEEP_ALIVE_MS } from "../httpEngine.ts";
import { answerBytes } from "./httpAnswerBytes.ts";
import { mayBecomePlain, type PlainHead, readPlainHead } from "./httpHead.ts";

const HEAD_END = Buffer.from("\r\n\r\n");
const NOTHING = Buffer.alloc(0);
/** Requests that one connection has unanswered before it is not read any more; those of one reading of the socket are looked at anyway. */
const UNANSWERED_MAX = 256;
/** And bytes of answers that its client has not taken. */
const UNSENT_BYTES_MAX = 65_536;
/** How long they may lie there. */
const UNREAD_MS = 30_000;
/** The client is told to use a connection for so long, and may be a little late. */
const KEEP_ALIVE_GRACE_MS = 1_000;

/** Where a connection reads and writes. */
export type PlainTransport = {
  write(bytes: Buffer | string): void;
  readonly unsentBytes: number;
  pause(): void;
  resume(): void;
  /** Nothing more is written. What comes is thrown away until the other side ends too, for a moment at most. */
  end(): void;
  cut(): void;
  /** Somebody else goes on with the connection, with these bytes first. */
  handOver(bytes: Buffer): void;
};

export type PlainParts = {
  calls: HttpConnection;
  transport: PlainTransport;
  unreadable(): void;
  /** Milliseconds, of a steady clock. */
  now(): number;
  headTimeoutMs: number;
  requestTimeoutMs: number;
};

/** A request, from the end of its head until its answer has gone and its body has come. */
class Exchange implements HttpExchange {
  readonly #answered: (exchange: Exchange, bytes: Buffer) => void;
  readonly #isLast: () => boolean;
  readonly wantsClose: boolean;
  left: number;
  discarded = 0;
  reading: HttpReading | undefined;
  isAnswered = false;
  isLast = false;
  /** Of its answer, which may have to wait for those before it. */
  bytes: Buffer | undefined;

  constructor({ contentLength, wantsClose }: PlainHead, isDraining: () => boolean, answered: (exchange: Exchange, bytes: Buffer) => void) {
    this.left = contentLength;
    this.wantsClose = wantsClose;
    this.#isLast = () => wantsClose || this.left > DISCARD_BYTES_MAX || isDraining();
    this.#answered = answered;
  }

  answer(answer: Parameters<HttpExchange["answer"]>[0]): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.isLast = this.#isLast();
    this.#answered(this, answerBytes(answer, this.isLast));
  }

  /** It was answered, or nobody hears an answer any more. */
  close(): void {
    this.isAnswered = true;
    this.reading?.closed();
    this.reading = undefined;
  }
}

/**
 * One HTTP/1.1 connection (RFC 9112), seen from the server, as long as plain requests come: bytes go in by `read`, answers go out by the transport, in order, once for all that was
 * read. From the first request on that is anything else, somebody else has the connection. It knows of no sockets.
 */
export class PlainConnection {
  readonly #parts: PlainParts;
  /** Whose answers have not gone out, oldest first. */
  readonly #open: Exchange[] = [];
  /** Whose body is being read. */
  #current: Exchange | undefined;
  /** Of a head that is not whole, or what somebody else has to read. */
  #held: Buffer = NOTHING;
  #out: Buffer[] = [];
  #isOver = false;
  /** The request after which the connection closes has come. */
  #hasEnded = false;
  #handsOver = false;
  #isDraining = false;
  #isReading = false;
  #isPaused = false;
  /** Something is to come: the first request, the rest of a head or of a body. */
  #isAwaiting = true;
  /** Since when it awaits that, or is idle. */
  #sinceMs: number;
  #writtenAtMs: number;

  constructor(parts: PlainParts) {
    this.#parts = parts;
    this.#sinceMs = this.#writtenAtMs = parts.now();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes came; they are free again when this returns. */
  read(bytes: Buffer, start: number, end: number): void {
    this.#isReading = true;
    for (let at = start; at < end && !this.#isOver && !this.#hasEnded; ) {
      if (this.#handsOver) {
        this.#held = Buffer.concat([this.#held, bytes.subarray(at, end)]);
        break;
      }
      at = this.#current === undefined ? this.#readHead(bytes, at, end) : this.#readBody(this.#current, bytes, at, end);
    }
    this.#isReading = false;
    this.#settle();
  }

  /** The client has gone, or will send nothing more, which nobody can tell apart. */
  finished(): void {
    if (this.#isOver) return;
    if (this.#current !== undefined || (this.#held.length > 0 && !this.#handsOver)) return this.#giveUp("HPE_INVALID_EOF_STATE");
    this.#end();
  }

  /** The other side, or the network, has ended it; calling it again does nothing. */
  closed(): void {
    this.#isOver = true;
    for (const exchange of this.#open) exchange.close();
    this.#current?.close();
    this.#current = undefined;
    this.#open.length = 0;
    this.#out.length = 0;
    this.#held = NOTHING;
  }

  /** What is open is answered, then it ends. */
  drain(): void {
    this.#isDraining = true;
    this.#settle();
  }

  /** What was written has gone. */
  drained(): void {
    this.#settle();
  }

  /** To be called every second or so. */
  sweep(): void {
    if (this.#isOver) return;
    const { now, transport, headTimeoutMs, requestTimeoutMs } = this.#parts;
    const time = now();
    if (transport.unsentBytes > 0 && time - this.#writtenAtMs >= UNREAD_MS) {
      transport.cut();
      return this.closed();
    }
    const waitedMs = time - this.#sinceMs;
    if (this.#handsOver || this.#isPaused) return;
    if (this.#isAwaiting) {
      if (waitedMs >= (this.#current === undefined ? headTimeoutMs : requestTimeoutMs)) this.#giveUp("ERR_HTTP_REQUEST_TIMEOUT");
    } else if (this.#open.length === 0 && waitedMs >= KEEP_ALIVE_MS + KEEP_ALIVE_GRACE_MS) this.#end();
  }

  /** Where to go on. */
  #readHead(bytes: Buffer, at: number, end: number): number {
    const { length } = this.#held;
    const next = Math.min(end, at + HEADER_BYTES_MAX - length);
    if (!this.#isAwaiting) {
      this.#isAwaiting = true;
      this.#sinceMs = this.#parts.now();
    }
    const all = length === 0 ? bytes.subarray(at, next) : Buffer.concat([this.#held, bytes.subarray(at, next)]);
    const headEnd = all.indexOf(HEAD_END, Math.max(0, length - HEAD_END.length + 1));
    if (headEnd >= 0) {
      const head = readPlainHead(all.toString("latin1", 0, headEnd + 2));
      if (head === undefined) return this.#leaveToOthers(all, bytes, next, end);
      this.#held = NOTHING;
      this.#begin(head);
      return at + headEnd + HEAD_END.length - length;
    }
    if (all.length >= HEADER_BYTES_MAX || !mayBecomePlain(all.toString("latin1"), Math.max(0, length - 1))) return this.#leaveToOthers(all, bytes, next, end);
    this.#held = length === 0 ? Buffer.from(all) : all;
    return next;
  }

  #leaveToOthers(all: Buffer, bytes: Buffer, next: number, end: number): number {
    this.#handsOver = true;
    this.#held = Buffer.concat([all, bytes.subarray(next, end)]);
    return end;
  }

  #begin(head: PlainHead): void {
    const exchange = new Exchange(
      head,
      () => this.#isDraining,
      (answered, answer) => this.#answered(answered, answer),
    );
    this.#open.push(exchange);
    this.#current = exchange;
    const reading = this.#parts.calls.request(head, exchange);
    if (!exchange.isAnswered) exchange.reading = reading;
    if (head.contentLength === 0) this.#bodyEnded(exchange);
  }

  #readBody(exchange: Exchange, bytes: Buffer, at: number, end: number): number {
    const next = Math.min(end, at + exchange.left);
    exchange.left -= next - at;
    if (!exchange.isAnswered) exchange.reading?.data(bytes, at, next);
    else {
      exchange.discarded += next - at;
      if (exchange.discarded > DISCARD_BYTES_MAX) {
        this.#end();
        return end;
      }
    }
    if (exchange.left === 0) this.#bodyEnded(exchange);
    return next;
  }

  #bodyEnded(exchange: Exchange): void {
    this.#current = undefined;
    this.#isAwaiting = false;
    this.#sinceMs = this.#parts.now();
    if (exchange.wantsClose) this.#hasEnded = true;
    if (!exchange.isAnswered) exchange.reading?.end();
  }

  #answered(exchange: Exchange, bytes: Buffer): void {
    if (this.#isOver) return;
    exchange.bytes = bytes;
    if (!this.#isReading) this.#settle();
  }

  /** Writes what there is, and sees what is to become of the connection. */
  #settle(): void {
    if (this.#isOver || this.#isReading) return;
    const { transport } = this.#parts;
    let isLast = false;
    let sent = 0;
    for (const exchange of this.#open) {
      if (exchange.bytes === undefined || isLast) break;
      this.#out.push(exchange.bytes);
      isLast = exchange.isLast;
      sent++;
    }
    if (sent > 0) {
      for (const exchange of this.#open.splice(0, sent)) exchange.close();
      transport.write(this.#out.length === 1 ? this.#out[0] : Buffer.concat(this.#out));
      this.#out = [];
      this.#writtenAtMs = this.#parts.now();
      if (this.#current === undefined && !this.#isAwaiting) this.#sinceMs = this.#writtenAtMs;
    }
    if (isLast) return this.#end();
    if (this.#open.length > 0) return this.#pauseOrResume();
    if (this.#hasEnded || (this.#isDraining && this.#isIdle)) return this.#end();
    if (!this.#handsOver) return this.#pauseOrResume();
    const first = this.#held;
    this.#isOver = true;
    this.#held = NOTHING;
    transport.handOver(first);
  }

  get #isIdle(): boolean {
    return this.#current === undefined && this.#held.length === 0;
  }

  #pauseOrResume(): void {
    const { transport } = this.#parts;
    const pause = this.#handsOver || this.#open.length >= UNANSWERED_MAX || transport.unsentBytes > UNSENT_BYTES_MAX;
    if (pause === this.#isPaused) return;
    this.#isPaused = pause;
    if (pause) return transport.pause();
    // The time that the client was kept waiting is not its own.
    this.#sinceMs = this.#parts.now();
    transport.resume();
  }

  /** It said what nobody can read, or too slowly. Where something was answered already, or has to be answered first, it hears no more of it. */
  #giveUp(reason: string): void {
    this.#parts.unreadable();
    const isHeard = this.#open.length === 0 || (this.#open.length === 1 && this.#open[0] === this.#current);
    if (isHeard && !this.#current?.isAnswered) this.#parts.transport.write(unreadableAnswer(reason));
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.closed();
    this.#parts.transport.end();
  }
}
