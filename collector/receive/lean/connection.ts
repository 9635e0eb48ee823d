// Longer than most: what a frame means depends on the state of the connection and its streams, and the rules have to be read beside each other.

import { CLOSED, type Closed, ClosedStreams } from "../../http2/closedStreams.ts";
import { DataContent } from "../../http2/dataContent.ts";
import { FloodGuard } from "../../http2/floodGuard.ts";
import { FATE, type Fate, FrameReader, type FrameTaker } from "../../http2/frameReader.ts";
import { fragmentOf, headerViolation, readSettings, type Violation } from "../../http2/frameRules.ts";
import { FrameWriter } from "../../http2/frameWriter.ts";
import { HeaderBlock } from "../../http2/headerBlock.ts";
import { FLAG, FRAME, H2, readUInt32, SETTING, WINDOW_AT_FIRST, WINDOW_MAX } from "../../http2/http2.ts";
import type { GrpcTrailers } from "../grpcAnswer.ts";
import type { ConnectionEnd, GrpcConnection, GrpcReading } from "../grpcEngine.ts";
import type { ConnectionParts, Patience, Transport } from "./connectionParts.ts";
import { type Answerer, LeanStream } from "./leanStream.ts";
import { HTTP1_ANSWER, Preface } from "./preface.ts";
import { HEADER_LIST_BYTES_MAX, RequestHead } from "./requestHead.ts";
import { rejection, trailersOnly } from "./responses.ts";
import { Sending } from "./sending.ts";

/**
 * What a client may send before it is told that more is welcome: few WINDOW_UPDATE frames and no stalls. Bodies are copied or thrown away as they come, so a wide window
 * costs no memory; and since it is given back as soon as a quarter of it is taken, a client can't be seen to send more than it may.
 */
const WINDOW_BYTES = 16_777_216;
/** Used by one connection at a time, from the first to the last field of a block. */
const requestHead = new RequestHead();
/** An update is due after so much of it. */
const UPDATE_AFTER_BYTES = WINDOW_BYTES / 4;
/** As PING costs one. */
const SETTINGS_COST = 10;
/** A client that does not read its answers has no more than this of them kept. */
const UNSENT_BYTES_MAX = 1_048_576;
/** Of the body of a request that was turned away, before its stream is reset. */
const DISCARDED_BYTES_MAX = 65_536;

/**
 * One HTTP/2 connection (RFC 9113), seen from the server: bytes go in by `read`, answers go out by the transport, once for all that was read. It takes what unary gRPC
 * calls need, and knows of no sockets.
 */
export class Connection implements FrameTaker, Answerer {
  readonly #parts: ConnectionParts;
  readonly #transport: Transport;
  readonly #reader = new FrameReader(this);
  readonly #writer: FrameWriter;
  readonly #sending: Sending;
  readonly #block = new HeaderBlock(requestHead);
  readonly #guard: FloodGuard;
  readonly #closed = new ClosedStreams();
  readonly #streams = new Map<number, LeanStream>();
  readonly #finished: GrpcReading[] = [];
  #calls: GrpcConnection | undefined;
  #streamsMax: number;
  readonly #preface = new Preface();
  readonly #content = new DataContent();
  #hasSettings = false;
  #isReading = false;
  #isDeferred = false;
  #isEnded = false;
  #isDraining = false;
  #lastId = 0;
  /** Bytes of DATA frames since the last window update. */
  #received = 0;
  #readAtMs: number;
  #unfinishedSinceMs: number;
  /** Of the frame that is being read. */
  #type = 0;
  #flags = 0;
  #id = 0;
  /** Of a header block: the stream's id, and whether it is decoded for the table's sake alone. */
  #blockId = 0;
  #blockFlags = 0;
  #blockDependsOnItself = false;
  #blockIsIgnored = false;
  /** Whose the DATA frame is. */
  #data: LeanStream | undefined;

  constructor(parts: ConnectionParts, transport: Transport, streamsMax: number) {
    this.#parts = parts;
    this.#transport = transport;
    this.#streamsMax = streamsMax;
    this.#writer = new FrameWriter(parts.buffers, (bytes) => transport.send(bytes));
    this.#sending = new Sending(this.#writer);
    this.#readAtMs = this.#unfinishedSinceMs = parts.now();
    this.#guard = new FloodGuard(parts.now, this.#readAtMs);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  /** Bytes came; they are free again when this returns. */
  read(bytes: Buffer, start: number, end: number): void {
    if (this.#isEnded) return;
    this.#isReading = true;
    this.#readAtMs = this.#parts.now();
    const at = this.#preface.isWhole ? start : this.#readPreface(bytes, start, end);
    if (!this.#isEnded && this.#preface.isWhole) {
      const hadOpenBlock = this.#block.isOpen;
      const { frames } = this.#reader;
      this.#reader.read(bytes, at, end);
      // What is unfinished now is something else than before.
      if (this.#reader.frames !== frames && !(hadOpenBlock && this.#block.isOpen)) this.#unfinishedSinceMs = this.#readAtMs;
    }
    this.#isReading = false;
    this.#settle();
  }

  /** The other side, or the network, has ended it; calling it again does nothing. */
  closed(why: ConnectionEnd): void {
    this.#end(why);
    this.#settle();
  }

  /** No new stream is let in; ends when the open ones have. */
  drain(why: "drained" | "aged" = "drained"): void {
    if (this.#isEnded || this.#isDraining) return;
    this.#leave(why, why === "aged" ? "this connection has had its time (maxConnectionAgeMs)" : "this collector is shutting down");
  }

  setStreamsMax(streamsMax: number): void {
    this.#streamsMax = streamsMax;
    if (this.#calls === undefined || this.#isEnded) return;
    this.#writer.settings([SETTING.maxConcurrentStreams, streamsMax]);
    this.#changed();
  }

  /** To be called every second or so. */
  sweep({ unfinishedMs, idleMs, answeredMs }: Patience): void {
    if (this.#isEnded) return;
    const now = this.#parts.now();
    if (this.#isUnfinished && now - this.#unfinishedSinceMs >= unfinishedMs) return this.#abandon("timeout", H2.protocolError, "the rest did not come in time");
    for (const stream of this.#streams.values())
      if (stream.isAnswered && now - stream.answeredAtMs >= answeredMs) {
        this.#writer.rstStream(stream.id, H2.cancel);
        this.#remove(stream, CLOSED.resetHere);
      }
    if (this.#streams.size === 0 && now - this.#readAtMs >= idleMs) this.#leave("idle", "nothing came for long");
    if (!this.#writer.isEmpty) this.#changed();
  }

  get #isUnfinished(): boolean {
    return !this.#hasSettings || this.#block.isOpen || this.#reader.isWaiting;
  }

  // What comes in

  #readPreface(bytes: Buffer, start: number, end: number): number {
    const next = this.#preface.read(bytes, start, end);
    if (typeof next === "string") {
      if (next === "http1") {
        this.#transport.send(HTTP1_ANSWER);
        this.#end("not_http2");
      } else this.#abandon("not_http2", H2.protocolError, "this is no HTTP/2 connection preface");
      return end;
    }
    if (this.#preface.isWhole) {
      this.#calls = this.#parts.connected();
      this.#writer.settings(
        [SETTING.maxConcurrentStreams, this.#streamsMax],
        [SETTING.initialWindowSize, WINDOW_BYTES],
        [SETTING.maxHeaderListSize, HEADER_LIST_BYTES_MAX],
      );
      this.#writer.windowUpdate(0, WINDOW_BYTES - WINDOW_AT_FIRST);
    }
    return next;
  }

  begins(type: number, flags: number, id: number, length: number): Fate {
    const broken = headerViolation(type, flags, id, length);
    if (broken !== undefined) return this.#failFor(broken);
    if (!this.#hasSettings && (type !== FRAME.settings || flags & FLAG.ack)) return this.#fail(H2.protocolError, "the first frame is no SETTINGS");
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
      case FRAME.windowUpdate:
        return id !== 0 && this.#wasNever(id) ? this.#fail(H2.protocolError, `stream ${id} is idle`) : this.#idling(1, FATE.whole);
      case FRAME.settings:
        return this.#idling(SETTINGS_COST, FATE.whole);
      case FRAME.priority:
      case FRAME.ping:
        return this.#idling(1, FATE.whole);
      case FRAME.goAway:
        return FATE.skip;
      case FRAME.continuation:
        return this.#block.isOpen ? FATE.whole : this.#fail(H2.protocolError, "CONTINUATION without a header block");
      default:
        return this.#idling(1, FATE.skip);
    }
  }

  /** Never opened, by either side. What a client opens after this side has said which stream is the last was never looked at. */
  #wasNever(id: number): boolean {
    return (id > this.#lastId && !this.#isDraining) || id % 2 === 0;
  }

  #idling(cost: number, fate: Fate): Fate {
    return this.#guard.mayIdle(cost) ? fate : this.#fail(H2.enhanceYourCalm, "too many frames that bring no request on");
  }

  whole(bytes: Buffer, start: number, end: number): void {
    switch (this.#type) {
      case FRAME.headers:
        return this.#headers(bytes, start, end);
      case FRAME.continuation:
        return this.#fragment(bytes, start, end);
      case FRAME.priority:
        if ((readUInt32(bytes, start) & WINDOW_MAX) === this.#id) this.#resetStream(this.#id, H2.protocolError);
        return;
      case FRAME.rstStream: {
        const stream = this.#streams.get(this.#id);
        if (stream === undefined) return;
        this.#remove(stream, CLOSED.resetByPeer);
        this.#countReset();
        return;
      }
      case FRAME.settings:
        this.#hasSettings = true;
        if ((this.#flags & FLAG.ack) === 0) this.#settings(bytes, start, end);
        return;
      case FRAME.ping:
        if ((this.#flags & FLAG.ack) === 0) this.#writer.pingAck(bytes, start);
        return;
      case FRAME.windowUpdate:
        return this.#windowUpdate(this.#id, readUInt32(bytes, start) & WINDOW_MAX);
    }
  }

  #settings(bytes: Buffer, start: number, end: number): void {
    const asked = readSettings(bytes, start, end, 1);
    if ("code" in asked) return void this.#failFor(asked);
    if (asked.initialWindow !== undefined && !this.#sending.setInitialWindow(asked.initialWindow, this.#streams.values()))
      return void this.#fail(H2.flowControlError, "a window is larger than 2^31 - 1");
    this.#writer.settingsAck();
    this.#pumpAll();
  }

  #windowUpdate(id: number, bytes: number): void {
    const stream = id === 0 ? undefined : this.#streams.get(id);
    // Of a stream that is closed it means nothing any more.
    if (id !== 0 && stream === undefined) return;
    if (bytes === 0) return id === 0 ? void this.#fail(H2.protocolError, "a window update of 0") : this.#resetStream(id, H2.protocolError);
    if (!this.#sending.widen(stream, bytes))
      return id === 0 ? void this.#fail(H2.flowControlError, "the window is larger than 2^31 - 1") : this.#resetStream(id, H2.flowControlError);
    this.#pumpAll();
  }

  // Headers

  #headersBegin(id: number): Fate {
    this.#blockId = id;
    this.#blockIsIgnored = false;
    const stream = this.#streams.get(id);
    if (stream?.hasEnded) return this.#fail(H2.streamClosed, `stream ${id} was ended`);
    if (stream !== undefined) return FATE.whole;
    if (id % 2 === 0) return this.#fail(H2.protocolError, `a client's streams have odd ids, not ${id}`);
    if (id > this.#lastId) {
      if (this.#isDraining) this.#blockIsIgnored = true;
      else this.#lastId = id;
      return FATE.whole;
    }
    switch (this.#closed.how(id)) {
      case CLOSED.resetHere:
        this.#blockIsIgnored = true;
        return FATE.whole;
      case CLOSED.unknown:
        return this.#fail(H2.protocolError, `stream ${id} comes after ${this.#lastId}`);
      default:
        return this.#fail(H2.streamClosed, `stream ${id} is closed`);
    }
  }

  #headers(bytes: Buffer, start: number, end: number): void {
    const fragment = fragmentOf(bytes, start, end, this.#flags, this.#id);
    if ("code" in fragment) return void this.#failFor(fragment);
    this.#blockFlags = this.#flags;
    this.#blockDependsOnItself = fragment.dependsOnItself;
    this.#fragment(bytes, fragment.from, fragment.to);
  }

  #fragment(bytes: Buffer, start: number, end: number): void {
    if ((this.#flags & FLAG.endHeaders) === 0) {
      if (!this.#block.add(bytes, start, end)) this.#fail(H2.enhanceYourCalm, "a header block is too long");
      return;
    }
    const head = this.#block.finish(bytes, start, end);
    if (head === undefined) return void this.#fail(H2.compressionError, "a header block can't be decoded");
    if (head === "too_large") return void this.#fail(H2.enhanceYourCalm, "a header block is too long");
    if (this.#blockIsIgnored) return;
    const endStream = (this.#blockFlags & FLAG.endStream) !== 0;
    const stream = this.#streams.get(this.#blockId);
    if (stream !== undefined) {
      if (!endStream || !head.areTrailers || this.#blockDependsOnItself) this.#resetStream(stream.id, H2.protocolError);
      else this.#ended(stream);
    } else this.#request(this.#blockId, head, endStream);
  }

  #request(id: number, head: RequestHead, endStream: boolean): void {
    if (this.#blockDependsOnItself || !head.isRequest || (endStream && (head.contentLength ?? 0) > 0)) return this.#resetStream(id, H2.protocolError);
    if (this.#streams.size >= this.#streamsMax) {
      this.#calls?.refusedStreams(1);
      return this.#resetStream(id, H2.refusedStream);
    }
    const stream = new LeanStream(id, head.method === "HEAD", this, this.#sending.initialWindow, head.contentLength);
    this.#streams.set(id, stream);
    stream.hasEnded = endStream;
    this.#guard.worked();
    if (head.isTooLarge) stream.reject(431);
    else stream.reading = this.#calls?.call(head.head(), stream);
    if (endStream && !stream.isAnswered) stream.reading?.end();
  }

  // Bodies

  #dataBegins(flags: number, id: number, length: number): Fate {
    if (this.#wasNever(id)) return this.#fail(H2.protocolError, `stream ${id} is idle`);
    this.#received += length;
    if (length === 0 && (flags & FLAG.endStream) === 0 && !this.#guard.mayIdle(1)) return this.#fail(H2.enhanceYourCalm, "too many empty frames");
    this.#content.begin(flags, length);
    const stream = this.#streams.get(id);
    this.#data = stream;
    if (stream === undefined) {
      const how = this.#closed.how(id);
      if (how === CLOSED.ended || how === CLOSED.resetByPeer) return this.#fail(H2.streamClosed, `stream ${id} is closed`);
      return FATE.parts;
    }
    stream.received += length;
    if (stream.hasEnded) this.#resetStream(id, H2.streamClosed);
    return this.#isEnded ? FATE.stop : FATE.parts;
  }

  part(bytes: Buffer, start: number, end: number): void {
    if (!this.#content.take(bytes, start, end)) return void this.#fail(H2.protocolError, "more padding than DATA has room for");
    const { from, to } = this.#content;
    const length = to - from;
    if (length <= 0) return;
    const stream = this.#data;
    if (stream === undefined || stream.isGone) return;
    if (stream.contentLeft !== undefined) {
      stream.contentLeft -= length;
      if (stream.contentLeft < 0) return this.#resetStream(stream.id, H2.protocolError);
    }
    if (!stream.isAnswered && stream.reading !== undefined) return stream.reading.data(bytes, from, to);
    stream.discarded += length;
    if (stream.discarded > DISCARDED_BYTES_MAX) this.#stopBody(stream);
  }

  ended(): void {
    if (this.#received >= UPDATE_AFTER_BYTES) {
      this.#writer.windowUpdate(0, this.#received);
      this.#received = 0;
    }
    const stream = this.#data;
    this.#data = undefined;
    if (stream === undefined || stream.isGone) return;
    if (this.#flags & FLAG.endStream) this.#ended(stream);
    else if (stream.received >= UPDATE_AFTER_BYTES) {
      this.#writer.windowUpdate(stream.id, stream.received);
      stream.received = 0;
    }
  }

  /** The client has said all on it. */
  #ended(stream: LeanStream): void {
    if (stream.contentLeft !== undefined && stream.contentLeft !== 0) return this.#resetStream(stream.id, H2.protocolError);
    stream.hasEnded = true;
    if (stream.isAnswered) {
      if (stream.unsent === undefined) this.#remove(stream, CLOSED.ended);
    } else stream.reading?.end();
  }

  // Answers

  succeed(stream: LeanStream): void {
    this.#answered(stream, this.#sending.succeed(stream));
  }

  fail(stream: LeanStream, trailers: GrpcTrailers): void {
    this.#writer.headers(stream.id, trailersOnly(trailers), true);
    this.#answered(stream, true);
    // So that the client stops sending (RFC 9113, 8.1).
    if (!stream.isGone) this.#stopBody(stream);
  }

  reject(stream: LeanStream, httpStatus: number): void {
    const { head, text } = rejection(httpStatus);
    if (stream.isHead) this.#writer.headers(stream.id, head, true);
    this.#answered(stream, stream.isHead || this.#sending.body(stream, head, text, undefined));
  }

  #answered(stream: LeanStream, allSent: boolean): void {
    stream.isAnswered = true;
    if (allSent && stream.hasEnded) this.#remove(stream, CLOSED.ended);
    else stream.answeredAtMs = this.#parts.now();
    this.#changed();
  }

  #stopBody(stream: LeanStream): void {
    this.#writer.rstStream(stream.id, H2.noError);
    this.#remove(stream, CLOSED.resetHere);
  }

  #pumpAll(): void {
    this.#sending.pumpAll((stream) => {
      if (stream.hasEnded) this.#remove(stream, CLOSED.ended);
    });
  }

  /** Something is to be written that no `read` will write. */
  #changed(): void {
    if (this.#isReading || this.#isDeferred) return;
    this.#isDeferred = true;
    this.#parts.defer(() => {
      this.#isDeferred = false;
      this.#settle();
    });
  }

  /** Writes what there is, and tells those whose streams are over. */
  #settle(): void {
    if (!this.#isEnded) {
      this.#writer.flush();
      if (this.#transport.unsentBytes > UNSENT_BYTES_MAX) this.#abandon("unread", H2.enhanceYourCalm, "answers are not read");
      else if (this.#isDraining && this.#streams.size === 0) {
        this.#transport.end();
        this.#isEnded = true;
      }
    }
    for (let reading = this.#finished.pop(); reading !== undefined; reading = this.#finished.pop()) reading.closed();
  }

  // Ends

  /** A stream error (RFC 9113, 5.4.2). */
  #resetStream(id: number, code: number): void {
    this.#writer.rstStream(id, code);
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#remove(stream, CLOSED.resetHere);
    else this.#closed.add(id, CLOSED.resetHere);
    this.#countReset();
  }

  #countReset(): void {
    if (!this.#guard.mayReset()) this.#fail(H2.enhanceYourCalm, "too many streams are reset");
  }

  #remove(stream: LeanStream, how: Closed): void {
    stream.isGone = true;
    this.#streams.delete(stream.id);
    this.#sending.forget(stream);
    this.#closed.add(stream.id, how);
    this.#tell(stream);
  }

  /** At once, so that a client that cancels makes room; whoever answers now is told afterwards. */
  #tell({ reading, isAnswered }: LeanStream): void {
    if (reading === undefined) return;
    if (isAnswered) this.#finished.push(reading);
    else reading.closed();
  }

  /** A connection error (RFC 9113, 5.4.1). */
  #fail(code: number, message: string): Fate {
    this.#abandon(ENDS.get(code) ?? "protocol_error", code, message);
    return FATE.stop;
  }

  #failFor({ code, message }: Violation): Fate {
    return this.#fail(code, message);
  }

  #abandon(why: ConnectionEnd, code: number, message: string): void {
    if (this.#isEnded) return;
    this.#writer.goAway(this.#lastId, code, message);
    this.#writer.flush();
    this.#end(why);
    this.#changed();
  }

  /** Says which stream was the last to be looked at, and ends once those that are open have ended. */
  #leave(why: ConnectionEnd, message: string): void {
    this.#parts.ended(why);
    this.#isDraining = true;
    this.#writer.goAway(this.#lastId, H2.noError, message);
    this.#changed();
  }

  #end(why: ConnectionEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (!this.#isDraining) this.#parts.ended(why);
    this.#reader.stop();
    for (const stream of this.#streams.values()) {
      stream.isGone = true;
      this.#tell(stream);
    }
    this.#streams.clear();
    this.#transport.end();
  }
}

const ENDS = new Map<number, ConnectionEnd>([
  [H2.flowControlError, "flow_control_error"],
  [H2.streamClosed, "stream_closed"],
  [H2.frameSizeError, "frame_size_error"],
  [H2.compressionError, "compression_error"],
  [H2.enhanceYourCalm, "flood"],
]);
