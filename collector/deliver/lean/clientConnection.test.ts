// Longer than most: a connection is one state machine, and its rules are tested with one rig.
import { describe, expect, it } from "vitest";
import { block, END_HEADERS, END_STREAM, type Frame, frame, setting, uint32 } from "#collector/http2/frameTestData.ts";
import { FRAME, H2 } from "#collector/http2/http2.ts";
import { answer, clientRig, HEAD, OK, openedClient, REQUEST, SETTINGS } from "./clientTestData.ts";

const HEADERS = (id: number, bytes: Buffer, flags = END_HEADERS) => frame(FRAME.headers, flags, id, bytes);
const DATA = (id: number, bytes: Buffer | number[], flags = 0) => frame(FRAME.data, flags, id, bytes);
const WINDOW = (id: number, bytes: number) => frame(FRAME.windowUpdate, 0, id, uint32(bytes));
const SET = (id: number, value: number) => frame(FRAME.settings, 0, 0, setting(id, value));
const GOAWAY = (lastId: number, code: number, text = "") => frame(FRAME.goAway, 0, 0, Buffer.concat([uint32(lastId), uint32(code), Buffer.from(text)]));
const RESET = (id: number, code: number) => frame(FRAME.rstStream, 0, id, uint32(code));

const shapeOf = (frames: Frame[]) => frames.map(({ type, flags, id, payload }) => [type, flags, id, payload.length]);
const goAwayOf = (frames: Frame[]) => frames.filter(({ type }) => type === FRAME.goAway).map(({ payload }) => payload.readUInt32BE(4));
const resetsOf = (frames: Frame[]) => frames.filter(({ type }) => type === FRAME.rstStream).map(({ id, payload }) => [id, payload.readUInt32BE(0)]);
const delivered = { kind: "answered", head: { ":status": 200 }, trailers: { "grpc-status": "0" }, body: Buffer.alloc(5) };

describe("a connection to a backend", () => {
  it("begins with its settings and a wider window, and sends no call before the backend's settings are known", () => {
    const one = clientRig();
    one.call();
    expect(one.take()).toEqual([]);
    one.connection.opened();
    expect(one.take().map(({ type, flags }) => [type, flags])).toEqual([
      [FRAME.settings, 0],
      [FRAME.windowUpdate, 0],
    ]);
    one.send(SETTINGS);
    expect(shapeOf(one.take())).toEqual([
      [FRAME.settings, 1, 0, 0],
      [FRAME.headers, END_HEADERS, 1, REQUEST.length],
      [FRAME.data, END_STREAM, 1, 5],
    ]);
    one.send(answer(1));
    expect(one.ends).toEqual([delivered]);
  });

  it("hears the same in pieces of any size", () => {
    const bytes = Buffer.concat([answer(1), frame(FRAME.ping, 0, 0, Buffer.alloc(8, 3)), answer(3)]);
    for (const size of [1, 2, 7, 9, 10, 50]) {
      const one = openedClient();
      one.call();
      one.call();
      for (let at = 0; at < bytes.length; at += size) one.send(bytes.subarray(at, at + size));
      expect(one.ends).toEqual([delivered, delivered]);
    }
  });

  it("takes padding, CONTINUATION, interim responses, unknown frames, settings of its own and trailers alone", () => {
    const one = openedClient();
    for (let i = 0; i < 2; i++) one.call();
    one.send(
      HEADERS(1, block([":status", "103"], ["link", "x"])),
      frame(0xbb, 0xff, 1, Buffer.alloc(50)),
      frame(FRAME.headers, 8 | 32, 1, Buffer.concat([Buffer.from([2, 0, 0, 0, 9, 16]), HEAD.subarray(0, 4), Buffer.alloc(2)])),
      frame(FRAME.continuation, 0, 1, HEAD.subarray(4, 10)),
      frame(FRAME.continuation, END_HEADERS, 1, HEAD.subarray(10)),
      frame(FRAME.settings, 0, 0, Buffer.concat([setting(9, 5), setting(2, 0), setting(6, 100)])),
      frame(FRAME.settings, 1, 0),
      frame(FRAME.data, 8, 1, [2, 0, 0, 0, 0, 0, 9, 9]),
      HEADERS(1, OK, END_HEADERS | END_STREAM),
      HEADERS(3, block([":status", "200"], ["grpc-status", "14"], ["grpc-message", "no "]), END_HEADERS | END_STREAM),
    );
    expect(one.ends).toEqual([
      delivered,
      { kind: "answered", head: { ":status": 200, "grpc-status": "14", "grpc-message": "no " }, trailers: undefined, body: Buffer.alloc(0) },
    ]);
  });

  it("answers PING with the same bytes", () => {
    const one = openedClient().send(frame(FRAME.ping, 0, 0, Buffer.from("12345678")), frame(FRAME.ping, 1, 0, Buffer.alloc(8)));
    expect(one.take().map(({ type, flags, payload }) => [type, flags, payload.toString()])).toEqual([[FRAME.ping, 1, "12345678"]]);
  });

  it("empties the backend's table once that is made smaller, and once is enough", () => {
    const one = openedClient({}, SET(1, 100));
    for (let i = 0; i < 2; i++) one.call();
    const blocks = one.take().filter(({ type }) => type === FRAME.headers);
    expect(blocks.map(({ payload }) => [...payload])).toEqual([[0x20, ...REQUEST], [...REQUEST]]);
  });

  it("keeps to the streams that the backend takes", () => {
    const one = openedClient({}, SET(3, 1));
    for (let i = 0; i < 3; i++) one.call();
    expect(shapeOf(one.take()).map(([, , id]) => id)).toEqual([1, 1]);
    one.send(answer(1));
    expect(shapeOf(one.take()).map(([, , id]) => id)).toEqual([3, 3]);
    one.send(SET(3, 5));
    expect(shapeOf(one.take()).map(([, , id]) => id)).toEqual([0, 5, 5]);
  });

  it("turns calls away when too many wait for a stream", () => {
    const one = openedClient({}, SET(3, 0));
    for (let i = 0; i < 1_025; i++) one.call();
    expect(one.ends.filter((end) => end !== undefined)).toEqual([{ kind: "failed", message: "1024 requests wait for a stream already" }]);
    one.connection.cancel(one.calls[0].call, { kind: "failed", message: "late" });
    one.call();
    expect(one.ends.at(-1)).toBeUndefined();
  });

  it("keeps to the backend's windows, which may become negative, and sends the bytes that it was given", () => {
    const one = openedClient();
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    one.call(body);
    const parts: Buffer[] = [];
    const sent = () => {
      const frames = one.take().filter(({ type }) => type === FRAME.data);
      for (const { payload } of frames) parts.push(payload);
      return frames.map(({ payload, flags }) => [payload.length, flags]);
    };
    expect(sent()).toEqual([...Array.from({ length: 3 }, () => [16_384, 0]), [16_383, 0]]);
    one.send(WINDOW(0, 100_000));
    expect(sent()).toEqual([]);
    one.send(SET(4, 0), WINDOW(1, 65_535));
    expect(sent()).toEqual([]);
    one.send(WINDOW(1, 10));
    expect(sent()).toEqual([[10, 0]]);
    one.send(SET(4, 1), SET(5, 20_000), WINDOW(1, 100_000));
    expect(sent()).toEqual([
      [20_000, 0],
      [100_000 - 65_545 - 20_000, END_STREAM],
    ]);
    expect(Buffer.concat(parts).equals(body)).toBe(true);
  });

  it("gives back what was taken of its windows, in bulk", () => {
    const one = openedClient({ answerBytesMax: 10_000_000 });
    one.call();
    one.send(HEADERS(1, HEAD));
    one.take();
    const updates: number[][] = [];
    for (let sent = 0; sent < 1 << 20; sent += 16_384) {
      one.send(DATA(1, Buffer.alloc(16_384)));
      updates.push(...one.take().map(({ id, payload }) => [id, payload.readUInt32BE(0)]));
    }
    expect(updates).toEqual(
      [1, 2, 3, 4].flatMap(() => [
        [0, 1 << 18],
        [1, 1 << 18],
      ]),
    );
  });

  it("splits headers that are too long for a frame", () => {
    const one = openedClient();
    const long = Buffer.alloc(40_000, 1);
    one.connection.start(Object.assign(Object.create(Object.getPrototypeOf(one.call())), one.calls[0].call, { block: long }));
    const frames = one.take().filter(({ id }) => id === 3);
    expect(frames.slice(0, 3).map(({ type, flags }) => [type, flags])).toEqual([
      [FRAME.headers, 0],
      [FRAME.continuation, 0],
      [FRAME.continuation, END_HEADERS],
    ]);
    expect(Buffer.concat(frames.slice(0, 3).map(({ payload }) => payload)).equals(long)).toBe(true);
  });

  it("reads no more of an answer than it may, and only of a gRPC answer", () => {
    const one = openedClient({ answerBytesMax: 10_000 });
    for (let i = 0; i < 2; i++) one.call();
    one.take();
    one.send(HEADERS(1, HEAD), DATA(1, Buffer.alloc(10_001)), DATA(1, [1]), HEADERS(3, block([":status", "503"])), DATA(3, Buffer.from("busy"), END_STREAM));
    expect(one.ends).toEqual([{ kind: "too_large" }, { kind: "answered", head: { ":status": 503 }, trailers: undefined, body: Buffer.alloc(0) }]);
    expect(resetsOf(one.take())).toEqual([[1, H2.cancel]]);
  });

  it("ends the request of a call that was answered before it was sent", () => {
    const one = openedClient();
    one.call(100_000);
    one.take();
    one.send(HEADERS(1, block([":status", "200"], ["grpc-status", "8"]), END_HEADERS | END_STREAM), WINDOW(0, 100_000));
    expect([one.ends[0]?.kind, shapeOf(one.take())]).toEqual(["answered", [[FRAME.rstStream, 0, 1, 4]]]);
    const other = openedClient();
    other.call(100_000);
    other.send(HEADERS(1, block([":status", "200"], ["grpc-status", "8"])), RESET(1, H2.noError));
    expect(other.ends).toEqual([{ kind: "answered", head: { ":status": 200, "grpc-status": "8" }, trailers: undefined, body: Buffer.alloc(0) }]);
  });
});

describe("a call", () => {
  it("that is cancelled gets its stream reset, and what still comes for it is thrown away", () => {
    const one = openedClient();
    const call = one.call();
    one.take();
    one.connection.cancel(call, { kind: "failed", message: "no answer" });
    expect(resetsOf(one.take())).toEqual([[1, H2.cancel]]);
    one.send(answer(1));
    expect([one.ends, one.seen.destroyed, goAwayOf(one.take())]).toEqual([[{ kind: "failed", message: "no answer" }], false, []]);
    expect(one.calls[0].ends).toHaveLength(1);
  });

  it("that is cancelled while the socket still holds its bytes takes the connection with it", () => {
    const one = clientRig({ takes: false });
    one.connection.opened();
    one.send(SETTINGS);
    const call = one.call(5_000);
    one.connection.cancel(call, { kind: "failed", message: "no answer" });
    expect([one.seen.destroyed, one.ends[0]?.kind, one.connection.takesCalls]).toEqual([true, "failed", false]);
  });

  it("is reset by the backend with a reason", () => {
    const one = openedClient();
    one.call();
    one.send(RESET(1, H2.refusedStream), RESET(1, H2.cancel), WINDOW(1, 5_000));
    expect([one.ends, goAwayOf(one.take())]).toEqual([[{ kind: "failed", message: "it reset the call (REFUSED_STREAM)" }], []]);
  });

  it("beyond the last stream of a GOAWAY may be sent again, those before it end, and then the connection does", () => {
    const one = openedClient({}, SET(3, 2));
    for (let i = 0; i < 3; i++) one.call();
    one.take();
    one.send(GOAWAY(1, H2.noError));
    expect([one.ends.map((end) => end?.kind), one.connection.takesCalls, one.seen.ended]).toEqual([[undefined, "unprocessed", "unprocessed"], false, false]);
    one.call();
    expect(one.ends.at(-1)?.kind).toBe("unprocessed");
    one.send(answer(1));
    expect([one.ends[0], one.seen.ended, goAwayOf(one.take())]).toEqual([delivered, true, [H2.noError]]);
  });

  it("fails with the reason of a GOAWAY that has one", () => {
    const one = openedClient();
    one.call();
    one.send(GOAWAY(0, H2.enhanceYourCalm, "too_many_pings"));
    expect(one.ends).toEqual([{ kind: "failed", message: "it is going away (ENHANCE_YOUR_CALM: too_many_pings)" }]);
  });

  it("on a connection that ends has the socket's reason; one on a connection that is left may end", () => {
    const one = clientRig();
    one.call();
    const error = new Error("refused");
    one.connection.closed(error);
    one.connection.closed(undefined);
    expect(one.calls[0].ends).toEqual([{ kind: "closed", error }]);
    const other = openedClient();
    other.call();
    other.connection.leave();
    expect([other.ends, other.seen.ended]).toEqual([[undefined], false]);
    other.send(answer(1));
    expect([other.ends, other.seen.ended]).toEqual([[delivered], true]);
    const early = clientRig();
    early.call();
    early.connection.leave();
    expect([early.ends[0]?.kind, early.seen.destroyed]).toEqual(["unprocessed", true]);
  });
});

describe("a backend that breaks the rules", () => {
  const CALL = 1;
  it.each<[string, number, Buffer[]]>([
    ["something else first", H2.protocolError, [frame(FRAME.ping, 0, 0, Buffer.alloc(8))]],
    ["HTTP/1.1", H2.protocolError, [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]],
    ["an acknowledgement first", H2.protocolError, [frame(FRAME.settings, 1, 0)]],
    ["a frame that is too large", H2.frameSizeError, [SETTINGS, DATA(CALL, Buffer.alloc(16_385))]],
    ["SETTINGS of 5 bytes", H2.frameSizeError, [SETTINGS, frame(FRAME.settings, 0, 0, Buffer.alloc(5))]],
    ["SETTINGS on a stream", H2.protocolError, [SETTINGS, frame(FRAME.settings, 0, CALL)]],
    ["ENABLE_PUSH", H2.protocolError, [SETTINGS, SET(2, 1)]],
    ["a window that is too large", H2.flowControlError, [SETTINGS, SET(4, 0x80000000)]],
    ["a frame size that is too small", H2.protocolError, [SETTINGS, SET(5, 100)]],
    ["a window that becomes too large", H2.flowControlError, [SETTINGS, WINDOW(0, 0x7fffffff)]],
    ["a stream's window that settings make too large", H2.flowControlError, [SETTINGS, WINDOW(CALL, 0x7fff0000), SET(4, 0x20000)]],
    ["a window update of 0", H2.protocolError, [SETTINGS, WINDOW(0, 0)]],
    ["a window update of an idle stream", H2.protocolError, [SETTINGS, WINDOW(9, 1)]],
    ["a push", H2.protocolError, [SETTINGS, frame(FRAME.pushPromise, 4, CALL, uint32(2))]],
    ["HEADERS of an idle stream", H2.protocolError, [SETTINGS, HEADERS(9, HEAD)]],
    ["HEADERS of an even stream", H2.protocolError, [SETTINGS, HEADERS(2, HEAD)]],
    ["DATA of an idle stream", H2.protocolError, [SETTINGS, DATA(9, [1])]],
    ["DATA on stream 0", H2.protocolError, [SETTINGS, DATA(0, [1])]],
    ["RST_STREAM of an idle stream", H2.protocolError, [SETTINGS, RESET(9, 0)]],
    ["DATA after the end", H2.streamClosed, [SETTINGS, answer(CALL), DATA(CALL, [1])]],
    ["HEADERS after the end", H2.streamClosed, [SETTINGS, answer(CALL), HEADERS(CALL, OK)]],
    ["a header block that can't be decoded", H2.compressionError, [SETTINGS, HEADERS(CALL, Buffer.from([0x80]))]],
    ["a frame inside a header block", H2.protocolError, [SETTINGS, HEADERS(CALL, HEAD, 0), frame(FRAME.ping, 0, 0, Buffer.alloc(8))]],
    ["CONTINUATION alone", H2.protocolError, [SETTINGS, frame(FRAME.continuation, 4, CALL, HEAD)]],
    [
      "a header block without end",
      H2.enhanceYourCalm,
      [SETTINGS, HEADERS(CALL, HEAD, 0), ...Array.from({ length: 40 }, () => frame(FRAME.continuation, 0, CALL))],
    ],
    ["more padding than DATA", H2.protocolError, [SETTINGS, HEADERS(CALL, HEAD), frame(FRAME.data, 8, CALL, [9, 0])]],
    ["PING of 7 bytes", H2.frameSizeError, [SETTINGS, frame(FRAME.ping, 0, 0, Buffer.alloc(7))]],
    ["GOAWAY on a stream", H2.protocolError, [SETTINGS, frame(FRAME.goAway, 0, CALL, Buffer.alloc(8))]],
  ])("by %s loses the connection", (_, code, frames) => {
    const one = clientRig();
    one.connection.opened();
    one.call();
    for (const bytes of [...frames, answer(CALL)]) one.send(bytes);
    expect([goAwayOf(one.take()), one.seen.ended, one.connection.takesCalls]).toEqual([[code], true, false]);
    expect(one.calls[0].ends).toHaveLength(1);
  });

  it.each<[string, number, Buffer[]]>([
    ["a body before the headers", H2.protocolError, [DATA(CALL, [1])]],
    ["headers without a status", H2.protocolError, [HEADERS(CALL, OK)]],
    ["a status that is none", H2.protocolError, [HEADERS(CALL, block([":status", "2xx"]))]],
    ["two statuses", H2.protocolError, [HEADERS(CALL, block([":status", "200"], [":status", "200"]))]],
    ["a status after other fields", H2.protocolError, [HEADERS(CALL, block(["x", "y"], [":status", "200"]))]],
    ["a pseudo-header field of requests", H2.protocolError, [HEADERS(CALL, block([":status", "200"], [":path", "/"]))]],
    ["a field in upper case", H2.protocolError, [HEADERS(CALL, block([":status", "200"], ["X", "y"]))]],
    ["a field of HTTP/1.1", H2.protocolError, [HEADERS(CALL, block([":status", "200"], ["connection", "close"]))]],
    ["a switch of protocols", H2.protocolError, [HEADERS(CALL, block([":status", "101"]))]],
    ["an interim response that ends", H2.protocolError, [HEADERS(CALL, block([":status", "103"]), 5)]],
    ["trailers that do not end", H2.protocolError, [HEADERS(CALL, HEAD), HEADERS(CALL, OK)]],
    ["a status among the trailers", H2.protocolError, [HEADERS(CALL, HEAD), HEADERS(CALL, HEAD, 5)]],
    ["an answer longer than it said", H2.protocolError, [HEADERS(CALL, block([":status", "200"], ["content-length", "1"])), DATA(CALL, [1, 2])]],
    ["an answer shorter than it said", H2.protocolError, [HEADERS(CALL, block([":status", "200"], ["content-length", "3"])), DATA(CALL, [1, 2], 1)]],
    ["a window update of 0", H2.protocolError, [WINDOW(CALL, 0)]],
    ["a window that becomes too large", H2.flowControlError, [WINDOW(CALL, 0x7fffffff)]],
  ])("by %s loses the call alone", (_, code, frames) => {
    const one = openedClient();
    one.call();
    one.call();
    one.take();
    one.send(...frames, answer(3));
    expect([resetsOf(one.take()), one.ends.map((end) => end?.kind)]).toEqual([[[CALL, code]], ["failed", "answered"]]);
  });

  it("by more headers than it was told of loses the call alone", () => {
    const one = openedClient();
    one.call();
    one.take();
    // From the static table: two bytes each count for 45.
    const many = Buffer.concat([HEAD, Buffer.alloc(1_800, 0x80 | 16)]);
    one.send(HEADERS(1, many, END_HEADERS | END_STREAM));
    expect([resetsOf(one.take()), one.ends[0]?.kind]).toEqual([[[1, H2.cancel]], "failed"]);
  });

  it.each<[string, Buffer]>([
    ["SETTINGS", SETTINGS],
    ["PING", frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ["unknown frames", frame(0xbb, 0, 0, [])],
    ["empty DATA", frame(FRAME.data, 0, 1, [])],
    ["small window updates", WINDOW(1, 1)],
    ["interim responses", HEADERS(1, block([":status", "103"]))],
    ["GOAWAY", GOAWAY(1, 0)],
    ["RST_STREAM of streams that are closed", RESET(3, 0)],
  ])("by a flood of %s loses the connection", (name, bytes) => {
    const one = openedClient();
    one.call();
    const other = one.call();
    one.connection.cancel(other, { kind: "failed", message: "" });
    if (name === "empty DATA") one.send(HEADERS(1, HEAD));
    for (let i = 0; i < 20_000 && !one.seen.ended; i++) one.send(bytes);
    expect([goAwayOf(one.take()), one.ends[0]?.kind]).toEqual([[H2.enhanceYourCalm], "failed"]);
  });

  it("by not reading what is sent has a bound of it waiting", () => {
    const one = openedClient({ takes: false }, Buffer.concat([SETTINGS, WINDOW(0, 100_000_000), SET(4, 100_000_000)]));
    for (let i = 0; i < 10; i++) one.call(10_000_000);
    expect(one.seen.unsentBytes).toBeLessThan(1_100_000);
    for (let i = 0; i < 400_000 && !one.seen.destroyed; i++) {
      one.clock.now += 1;
      one.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    }
    expect([one.seen.destroyed, one.seen.unsentBytes < 4_300_000, new Set(one.ends.map((end) => end?.kind))]).toEqual([true, true, new Set(["failed"])]);
  });
});
