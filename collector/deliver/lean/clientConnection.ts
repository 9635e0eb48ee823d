// Longer than most: what a frame means depends on the state of the connection and its calls, and the rules have to be read beside each other.
import { CLOSED, type Closed, ClosedStreams } from "../../http2/closedStreams.ts";
import { DataContent } from "../../http2/dataContent.ts";
import { FloodGuard } from "../../http2/floodGuard.ts";
import { FATE, type Fate, FrameReader, type FrameTaker } from "../../http2/frameReader.ts";
import { fragmentOf, headerViolation, readSettings, type Violation } from "../../http2/frameRules.ts";
import type { WriteBuffers } from "../../http2/frameWriter.ts";
import { HeaderBlock } from "../../http2/headerBlock.ts";
import { TABLE_BYTES_MAX } from "../../http2/hpackDecoder.ts";
import { FLAG, FRAME, H2, PREFACE, readUInt32, SETTING, WINDOW_AT_FIRST, WINDOW_MAX } from "../../http2/http2.ts";
import type { CallEnd, ClientCall } from "./clientCall.ts";
import type { ClientTransport } from "./clientTransport.ts";
import { codeName } from "./codeName.ts";
import { Outgoing } from "./outgoing.ts";
import { HEADER_LIST_BYTES_MAX, ResponseHead } from "./responseHead.ts";

/**
 * What a backend may send before it is told that more is welcome. What it sends is looked at as it comes, and the window given back as soon as a quarter of it is taken,
 * so a backend can't be seen to send more than it may.
 */
const WINDOW_BYTES = 1_048_576;
const UPDATE_AFTER_BYTES = WINDOW_BYTES / 4;
/** Calls that wait for a stream; each has a timer of its own. */
const WAITING_MAX = 1_024;
/** A backend that does not read has no more than this waiting for it, bodies (Outgoing) included. */
const UNSENT_BYTES_MAX = 4_194_304;
/** As PING costs one. */
const SETTINGS_COST = 10;
/** A window update of less is one that a flood could be made of. */
const SMALL_UPDATE_BYTES = 512;
const GOAWAY_TEXT_MAX = 200;
/** Sets the table of a backend to 0 bytes (RFC 7541, 6.3). */
const NO_TABLE = Buffer.from([0x20]);

/** Used by one connection at a time, from the first to the last field of a block. */
const responseHead = new ResponseHead();

export type ClientConnectionParts = {
  transport: ClientTransport;
  buffers: WriteBuffers;
  /** Milliseconds, of a steady clock. */
  now(): number;
  /** OTLP and gRPC bound what is read of an answer. */
  answerBytesMax: number;
};

/**
 * One HTTP/2 connection (RFC 9113), seen from the client: bytes come in by `read`, requests go out by the transport. It makes unary gRPC calls, and knows of no sockets.
 * It sends no PING: servers of gRPC take a few of them in five minutes for an attack, and each call has a time within which it has to be answered.
 */
export class ClientConnection implements FrameTaker {
  readonly #transport: ClientTransport;
  readonly #answerBytesMax: number;
  readonly #reader = new FrameReader(this);
  readonly #out: Outgoing;
  readonly #block = new HeaderBlock(responseHead);
  readonly #guard: FloodGuard;
  readonly #closed = new ClosedStreams();
  readonly #content = new DataContent();
  readonly #calls = new Map<number, ClientCall>();
  /** Those that have no stream yet, oldest first. */
  readonly #waiting = new Set<ClientCall>();
  #isOpen = false;
  #hasSettings = false;
  #isLeaving = false;
  #isEnded = false;
  #isReading = false;
  #mustEmptyTable = false;
  #streamsMax = Number.POSITIVE_INFINITY;
  #nextId = 1;
  /** Bytes of DATA frames since the last window update. */
  #received = 0;
  #type = 0;
  #flags = 0;
  #id = 0;
  #blockId = 0;
  #blockFlags = 0;
  /** It is decoded for the table's sake alone. */
  #blockIsIgnored = false;
  /** Whose the DATA frame is. */
  #data: ClientCall | undefined;

  constructor({ transport, buffers, now, answerBytesMax }: ClientConnectionParts) {
    this.#transport = transport;
    this.#answerBytesMax = answerBytesMax;
    this.#out = new Outgoing(transport, buffers);
    this.#guard = new FloodGuard(now, now());
  }

  get takesCalls(): boolean {
    return !this.#isLeaving && !this.#isEnded;
  }

  /** The transport is there, and is the backend that was meant. */
  opened(): void {
    if (this.#isEnded) return;
    this.#isOpen = true;
    this.#transport.write(PREFACE);
    this.#out.writer.settings([SETTING.enablePush, 0], [SETTING.initialWindowSize, WINDOW_BYTES], [SETTING.maxHeaderListSize, HEADER_LIST_BYTES_MAX]);
    this.#out.writer.windowUpdate(0, WINDOW_BYTES - WINDOW_AT_FIRST);
    this.#settle();
  }

  /** Sends it as soon as there is a stream for it. */
  start(call: ClientCall): void {
    if (!this.takesCalls) return call.end({ kind: "unprocessed", message: "the connection is going away" });
    if (this.#waiting.size >= WAITING_MAX) return call.end({ kind: "failed", message: `${WAITING_MAX} requests wait for a stream already` });
    this.#waiting.add(call);
    this.#settle();
  }

  /** Nobody wants its answer any more. */
  cancel(call: ClientCall, end: CallEnd): void {
    this.#waiting.delete(call);
    if (this.#calls.get(call.id) === call) this.#reset(call, H2.cancel, end);
    else call.end(end);
    this.#settle();
  }

  /** No further call is taken; those on it may end. */
  leave(): void {
    this.#isLeaving = true;
    this.#endWaiting({ kind: "unprocessed", message: "the connection is going away" });
    this.#settle();
  }

  /** The transport has ended. */
  closed(error: Error | undefined): void {
    this.#end({ kind: "closed", error });
  }

  /** Some of what was written has gone. */
  written(): void {
    this.#out.written();
    this.#settle();
  }

  /** Bytes came; they are free again when this returns. */
  read(bytes: Buffer, start: number, end: number): void {
    if (this.#isEnded) return;
    this.#isReading = true;
    this.#reader.read(bytes, start, end);
    this.#isReading = false;
    this.#settle();
  }

  // What comes in

  begins(type: number, flags: number, id: number, length: number): Fate {
    if (!this.#hasSettings && (type !== FRAME.settings || flags & FLAG.ack))
      return this.#fail(H2.protocolError, "it does not begin with SETTINGS; is this the port of OTLP/gRPC?");
    const broken = headerViolation(type, flags, id, length);
    if (broken !== undefined) return this.#failFor(broken);
    if (this.#block.isOpen && (type !== FRAME.continuation || id !== this.#blockId)) return this.#fail(H2.protocolError, "a header block was not ended");
    this.#type = type;
    this.#flags = flags;
    this.#id = id;
    switch (type) {
      case FRAME.data:
        return this.#dataBegins(flags, id, length);
      case FRAME.headers:
        return this.#headersBegin(id);
      case FRAME.rstStream:
        if (this.#wasNever(id)) return this.#fail(H2.protocolError, `stream ${id} is idle`);
        return this.#calls.has(id) ? FATE.whole : this.#idling(1, FATE.skip);
      case FRAME.windowUpdate:
        return id !== 0 && this.#wasNever(id) ? this.#fail(H2.protocolError, `stream ${id} is idle`) : FATE.whole;
      case FRAME.settings:
        return this.#idling(SETTINGS_COST, FATE.whole);
      case FRAME.ping:
      case FRAME.goAway:
      case FRAME.priority:
        return this.#idling(1, FATE.whole);
      case FRAME.continuation:
        return this.#block.isOpen ? FATE.whole : this.#fail(H2.protocolError, "CONTINUATION without a header block");
      default:
        return this.#idling(1, FATE.skip);
    }
  }

  #wasNever(id: number): boolean {
    return id >= this.#nextId || id % 2 === 0;
  }

  #idling(cost: number, fate: Fate): Fate {
    return this.#guard.mayIdle(cost) ? fate : this.#fail(H2.enhanceYourCalm, "too many frames that bring no call on");
  }

  whole(bytes: Buffer, start: number, end: number): void {
    switch (this.#type) {
      case FRAME.headers: {
        const fragment = fragmentOf(bytes, start, end, this.#flags, this.#id);
        if ("code" in fragment) return void this.#failFor(fragment);
        this.#blockFlags = this.#flags;
        return this.#fragment(bytes, fragment.from, fragment.to);
      }
      case FRAME.continuation:
        return this.#fragment(bytes, start, end);
      case FRAME.rstStream:
        return this.#wasReset(readUInt32(bytes, start));
      case FRAME.settings:
        this.#hasSettings = true;
        if ((this.#flags & FLAG.ack) === 0) this.#settings(bytes, start, end);
        return;
      case FRAME.ping:
        if ((this.#flags & FLAG.ack) === 0) this.#out.writer.pingAck(bytes, start);
        return;
      case FRAME.goAway:
        return this.#goAway(
          readUInt32(bytes, start) & WINDOW_MAX,
          readUInt32(bytes, start + 4),
          bytes.toString("utf8", start + 8, Math.min(end, start + 8 + GOAWAY_TEXT_MAX)),
        );
      case FRAME.windowUpdate:
        return this.#windowUpdate(this.#id, readUInt32(bytes, start) & WINDOW_MAX);
    }
  }

  #settings(bytes: Buffer, start: number, end: number): void {
    const asked = readSettings(bytes, start, end, 0);
    if ("code" in asked) return void this.#failFor(asked);
    this.#streamsMax = asked.streamsMax ?? this.#streamsMax;
    // Nothing is ever put into its table, so to have emptied it once is enough (RFC 9113, 4.3.1).
    if ((asked.headerTableBytes ?? TABLE_BYTES_MAX) < TABLE_BYTES_MAX) this.#mustEmptyTable = true;
    if (asked.frameBytesMax !== undefined) this.#out.frameBytesMax = asked.frameBytesMax;
    if (asked.initialWindow !== undefined && !this.#out.setInitialWindow(asked.initialWindow, this.#calls.values()))
      return void this.#fail(H2.flowControlError, "a window is larger than 2^31 - 1");
    this.#out.writer.settingsAck();
  }

  #windowUpdate(id: number, bytes: number): void {
    const call = id === 0 ? undefined : this.#calls.get(id);
    const isOld = id !== 0 && call === undefined;
    if ((isOld || bytes < SMALL_UPDATE_BYTES) && this.#idling(1, FATE.skip) === FATE.stop) return;
    // Of a stream that is closed it means nothing any more.
    if (isOld) return;
    const code = bytes === 0 ? H2.protocolError : H2.flowControlError;
    if (bytes > 0 && this.#out.widen(call, bytes)) return;
    const message = bytes === 0 ? "a window update of 0" : "a window is larger than 2^31 - 1";
    if (call === undefined) this.#fail(code, message);
    else this.#refuse(call, code, message);
  }

  #goAway(lastId: number, code: number, text: string): void {
    this.#isLeaving = true;
    const message = `it is going away${code === H2.noError ? "" : ` (${codeName(code)}${text === "" ? "" : `: ${text}`})`}`;
    const end: CallEnd = { kind: code === H2.noError ? "unprocessed" : "failed", message };
    this.#endWaiting(end);
    for (const call of this.#calls.values()) if (call.id > lastId) this.#remove(call, CLOSED.resetByPeer, end);
  }

  #wasReset(code: number): void {
    const call = this.#calls.get(this.#id);
    if (call === undefined) return;
    // A server that has answered wholly may say so that it wants no more of the request (RFC 9113, 8.1).
    if (code === H2.noError && call.head !== undefined) call.answered(call.head);
    this.#remove(call, CLOSED.resetByPeer, { kind: "failed", message: `it reset the call (${codeName(code)})` });
  }

  // Headers

  #headersBegin(id: number): Fate {
    this.#blockId = id;
    this.#blockIsIgnored = false;
    if (this.#wasNever(id)) return this.#fail(H2.protocolError, `HEADERS for stream ${id}, which was never opened`);
    if (this.#calls.has(id)) return FATE.whole;
    const how = this.#closed.how(id);
    if (how === CLOSED.ended || how === CLOSED.resetByPeer) return this.#fail(H2.streamClosed, `stream ${id} is closed`);
    this.#blockIsIgnored = true;
    return this.#idling(1, FATE.whole);
  }

  #fragment(bytes: Buffer, start: number, end: number): void {
    if ((this.#flags & FLAG.endHeaders) === 0) {
      if (!this.#block.add(bytes, start, end)) this.#fail(H2.enhanceYourCalm, "a header block is too long");
      return;
    }
    const head = this.#block.finish(bytes, start, end);
    if (head === undefined) return void this.#fail(H2.compressionError, "a header block can't be decoded");
    if (head === "too_large") return void this.#fail(H2.enhanceYourCalm, "a header block is too long");
    const call = this.#calls.get(this.#blockId);
    if (this.#blockIsIgnored || call === undefined) return;
    if (head.isTooLarge) return this.#refuse(call, H2.cancel, `the headers of its answer have more than ${HEADER_LIST_BYTES_MAX} bytes`);
    this.#answer(call, head, (this.#blockFlags & FLAG.endStream) !== 0);
  }

  #answer(call: ClientCall, head: ResponseHead, endStream: boolean): void {
    if (call.head !== undefined) {
      if (!endStream || !head.areTrailers) return this.#refuse(call, H2.protocolError, "the trailers of its answer are malformed");
      call.trailers = head.fields();
      return this.#ended(call, call.head);
    }
    if (!head.isResponse || head.status === 101 || (head.status < 200 && endStream))
      return this.#refuse(call, H2.protocolError, "the headers of its answer are malformed");
    // An interim response (RFC 9110, 15.2).
    if (head.status < 200) return void this.#idling(1, FATE.skip);
    call.head = head.fields();
    call.contentLeft = head.status === 304 ? undefined : head.contentLength;
    if (endStream) this.#ended(call, call.head);
  }

  // Bodies

  #dataBegins(flags: number, id: number, length: number): Fate {
    if (this.#wasNever(id)) return this.#fail(H2.protocolError, `stream ${id} is idle`);
    this.#received += length;
    this.#content.begin(flags, length);
    const call = this.#calls.get(id);
    this.#data = call;
    if (call === undefined) {
      const how = this.#closed.how(id);
      if (how === CLOSED.ended || how === CLOSED.resetByPeer) return this.#fail(H2.streamClosed, `stream ${id} is closed`);
      return this.#idling(1, FATE.parts);
    }
    call.received += length;
    if (call.head === undefined) this.#refuse(call, H2.protocolError, "its answer has a body before its headers");
    return length === 0 && (flags & FLAG.endStream) === 0 ? this.#idling(1, FATE.parts) : FATE.parts;
  }

  part(bytes: Buffer, start: number, end: number): void {
    if (!this.#content.take(bytes, start, end)) return void this.#fail(H2.protocolError, "more padding than DATA has room for");
    const { from, to } = this.#content;
    const length = to - from;
    const call = this.#data;
    if (length <= 0 || call === undefined || call.isOver) return;
    if (call.contentLeft !== undefined) {
      call.contentLeft -= length;
      if (call.contentLeft < 0) return this.#refuse(call, H2.protocolError, "its answer is longer than it said");
    }
    call.bodyBytes += length;
    if (call.bodyBytes > this.#answerBytesMax) return this.#reset(call, H2.cancel, { kind: "too_large" });
    // What is no gRPC is not looked at.
    if (call.head?.[":status"] === 200) call.keep(bytes, from, to);
  }

  ended(): void {
    if (this.#received >= UPDATE_AFTER_BYTES) {
      this.#out.writer.windowUpdate(0, this.#received);
      this.#received = 0;
    }
    const call = this.#data;
    this.#data = undefined;
    if (call === undefined || call.isOver || call.head === undefined) return;
    if (this.#flags & FLAG.endStream) return this.#ended(call, call.head);
    if (call.received < UPDATE_AFTER_BYTES) return;
    this.#out.writer.windowUpdate(call.id, call.received);
    call.received = 0;
  }

  /** The backend has said all on it. */
  #ended(call: ClientCall, head: NonNullable<ClientCall["head"]>): void {
    if ((call.contentLeft ?? 0) !== 0) return this.#refuse(call, H2.protocolError, "its answer is shorter than it said");
    this.#guard.worked();
    call.answered(head);
    if (!call.isSent) this.#out.writer.rstStream(call.id, H2.cancel);
    this.#remove(call, CLOSED.ended, { kind: "closed", error: undefined });
  }

  // What goes out

  #startWaiting(): void {
    if (!this.#hasSettings || this.#isLeaving) return;
    for (const call of this.#waiting) {
      if (this.#calls.size >= this.#streamsMax) return;
      this.#waiting.delete(call);
      call.id = this.#nextId;
      this.#nextId += 2;
      this.#calls.set(call.id, call);
      this.#out.add(call, this.#mustEmptyTable ? Buffer.concat([NO_TABLE, call.block]) : call.block);
      this.#mustEmptyTable = false;
      if (this.#nextId > WINDOW_MAX) return this.leave();
    }
  }

  /** Hands over all that can go, unless more is about to be read. */
  #settle(): void {
    if (this.#isReading || this.#isEnded) return;
    if (!this.#isOpen) {
      if (this.#isLeaving) this.#over();
      return;
    }
    this.#startWaiting();
    const before = this.#out.dataFrames;
    this.#out.flush();
    for (let sent = this.#out.dataFrames - before; sent > 0; sent--) this.#guard.worked();
    if (this.#transport.unsentBytes > UNSENT_BYTES_MAX) this.#fail(H2.enhanceYourCalm, "what is sent is not read");
    else if (this.#isLeaving && this.#calls.size === 0) {
      this.#out.writer.goAway(0, H2.noError, "");
      this.#out.flush();
      this.#isEnded = true;
      this.#transport.end();
    }
  }

  // Ends

  /** An answer that breaks the rules (RFC 9113, 5.4.2). */
  #refuse(call: ClientCall, code: number, message: string): void {
    this.#reset(call, code, { kind: "failed", message });
  }

  #reset(call: ClientCall, code: number, end: CallEnd): void {
    this.#out.writer.rstStream(call.id, code);
    // Its buffer may be used for something else from now on, and the backend must not get that in its place.
    if (this.#out.isHeld(call)) {
      this.#isLeaving = true;
      this.#transport.destroy();
    }
    this.#remove(call, CLOSED.resetHere, end);
  }

  #remove(call: ClientCall, how: Closed, end: CallEnd): void {
    this.#calls.delete(call.id);
    this.#out.forget(call);
    this.#closed.add(call.id, how);
    call.end(end);
  }

  #endWaiting(end: CallEnd): void {
    for (const call of this.#waiting) call.end(end);
    this.#waiting.clear();
  }

  /** A connection error (RFC 9113, 5.4.1). */
  #fail(code: number, message: string): Fate {
    if (this.#isEnded) return FATE.stop;
    this.#out.writer.goAway(0, code, message);
    this.#out.writer.flush();
    this.#end({ kind: "failed", message: `it breaks the rules of HTTP/2: ${message}` });
    return FATE.stop;
  }

  #failFor({ code, message }: Violation): Fate {
    return this.#fail(code, message);
  }

  #over(): void {
    this.#isEnded = true;
    this.#transport.destroy();
  }

  #end(end: CallEnd): void {
    if (this.#isEnded && this.#calls.size === 0) return;
    this.#isEnded = true;
    this.#reader.stop();
    this.#endWaiting(end);
    for (const call of this.#calls.values()) {
      this.#out.forget(call);
      call.end(end);
    }
    this.#calls.clear();
    if (this.#transport.unsentBytes > 0) this.#transport.destroy();
    else this.#transport.end();
  }
}
