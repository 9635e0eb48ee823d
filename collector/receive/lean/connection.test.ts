// Longer than most: a connection is one state machine, and its rules are tested with one rig.
import { describe, expect, it } from "vitest";
import { block, END_HEADERS, END_STREAM, type Frame, frame, setting, uint32 } from "../../http2/frameTestData.ts";
import { FRAME, H2, PREFACE } from "../../http2/http2.ts";
import { GRPC, OPENING, type Plan, PSEUDO, rig } from "./leanTestData.ts";

const PATIENCE = { unfinishedMs: 10_000, idleMs: 600_000, answeredMs: 30_000 };
const HEADERS = (id: number, flags = END_HEADERS, fields = GRPC) => frame(FRAME.headers, flags, id, block(...fields));
const DATA = (id: number, bytes: Buffer | number[], flags = 0) => frame(FRAME.data, flags, id, bytes);
const REQUEST = (id: number) => Buffer.concat([HEADERS(id), DATA(id, [1, 2, 3], END_STREAM)]);

/** As it is after the preface and both sides' settings. */
function opened(options: Parameters<typeof rig>[0] = {}) {
  const one = rig(options);
  one.send(OPENING);
  one.take();
  return one;
}

const goAwayOf = (frames: Frame[]) => frames.filter(({ type }) => type === FRAME.goAway).map(({ payload }) => payload.readUInt32BE(4));
const resetsOf = (frames: Frame[]) => frames.filter(({ type }) => type === FRAME.rstStream).map(({ id, payload }) => [id, payload.readUInt32BE(0)]);

describe("a connection", () => {
  it("begins with its settings, a wider window and the acknowledgement of the client's settings, in one write", () => {
    const { writes, frames } = rig().send(OPENING).take();
    expect(writes).toBe(1);
    expect(frames.map(({ type, flags }) => [type, flags])).toEqual([
      [FRAME.settings, 0],
      [FRAME.windowUpdate, 0],
      [FRAME.settings, 1],
    ]);
  });

  it("answers all calls of one read with one write", () => {
    const one = opened();
    one.send(REQUEST(1), REQUEST(3), REQUEST(5));
    const { writes, frames } = one.take();
    expect(writes).toBe(1);
    expect(frames.map(({ type, flags, id }) => [type, flags, id])).toEqual(
      [1, 3, 5].flatMap((id) => [
        [FRAME.headers, END_HEADERS, id],
        [FRAME.data, 0, id],
        [FRAME.headers, END_HEADERS | END_STREAM, id],
      ]),
    );
    expect(one.seen.calls.map(({ head, body, closed }) => [head, [...body], closed])).toEqual(
      [1, 3, 5].map(() => [
        { method: "POST", path: "/x", contentType: "application/grpc", encoding: "", authorization: undefined, isSample: false },
        [1, 2, 3],
        1,
      ]),
    );
  });

  it("answers later with one write for all that is answered meanwhile", () => {
    const one = opened({ plan: () => "nothing" });
    one.send(REQUEST(1), REQUEST(3));
    expect(one.take().writes).toBe(0);
    for (const { stream } of one.seen.calls) stream.succeed();
    one.runDeferred();
    const { writes, frames } = one.take();
    expect([writes, frames.length, one.connection.isIdle]).toEqual([1, 6, true]);
  });

  it("reads the same in pieces of any size", () => {
    const bytes = Buffer.concat([
      OPENING,
      REQUEST(1),
      HEADERS(3),
      DATA(3, Buffer.alloc(9000, 7)),
      DATA(3, [], END_STREAM),
      frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
    ]);
    const whole = rig().send(bytes);
    for (const size of [1, 2, 7, 9, 10, 100, 5000]) {
      const inPieces = rig();
      for (let at = 0; at < bytes.length; at += size) inPieces.send(bytes.subarray(at, at + size));
      expect(inPieces.written.equals(whole.written)).toBe(true);
      expect(inPieces.seen.calls.map(({ body }) => body)).toEqual(whole.seen.calls.map(({ body }) => body));
    }
  });

  it("takes padding, priorities, CONTINUATION frames and unknown frames", () => {
    const one = opened();
    const fields = block(...GRPC);
    one.send(
      frame(FRAME.headers, 8 | 32, 1, Buffer.concat([Buffer.from([3, 0, 0, 0, 9, 16]), fields.subarray(0, 10), Buffer.alloc(3)])),
      frame(FRAME.continuation, 0, 1, fields.subarray(10, 11)),
      frame(FRAME.continuation, 0, 1, []),
      frame(FRAME.continuation, END_HEADERS, 1, fields.subarray(11)),
      frame(0xbb, 0xff, 1, Buffer.alloc(500)),
      frame(FRAME.data, 8, 1, [2, 5, 6, 0, 0]),
      frame(FRAME.data, 8 | END_STREAM, 1, [0]),
    );
    expect(one.seen.calls.map(({ head, body }) => [head.path, [...body]])).toEqual([["/x", [5, 6]]]);
    expect(one.take().frames).toHaveLength(3);
  });

  it("takes client trailers as the end", () => {
    const one = opened();
    one.send(HEADERS(1), DATA(1, [4]), HEADERS(1, END_HEADERS | END_STREAM, [["x", "y"]]));
    expect(one.seen.calls[0]).toMatchObject({ hasEnded: true, closed: 1 });
  });

  it("gives back what was taken of the windows, in bulk", () => {
    const one = opened({ plan: () => "nothing" });
    one.send(HEADERS(1));
    const updates: number[][] = [];
    for (let sent = 0; sent < 16 << 20; sent += 16_384) {
      one.send(DATA(1, Buffer.alloc(16_384)));
      updates.push(...one.take().frames.map(({ id, payload }) => [id, payload.readUInt32BE(0)]));
    }
    expect(updates).toEqual(
      [1, 2, 3, 4].flatMap(() => [
        [0, 4 << 20],
        [1, 4 << 20],
      ]),
    );
  });
});

describe("answers", () => {
  it("that come before the request is whole reset the stream without an error, and what still comes is thrown away", () => {
    const one = opened({ plan: () => "fail" });
    one.send(HEADERS(1), DATA(1, [1]), DATA(1, [2], END_STREAM));
    const { frames } = one.take();
    expect(frames.map(({ type, flags }) => [type, flags])).toEqual([
      [FRAME.headers, END_HEADERS | END_STREAM],
      [FRAME.rstStream, 0],
    ]);
    expect([resetsOf(frames), one.seen.ends, one.connection.isIdle]).toEqual([[[1, H2.noError]], [], true]);
  });

  it("to what is no gRPC have a text, but to HEAD; a long body is stopped", () => {
    const one = opened({ plan: () => "reject" });
    one.send(HEADERS(1, END_HEADERS | END_STREAM, PSEUDO));
    expect(one.take().frames.map(({ type, flags }) => [type, flags])).toEqual([
      [FRAME.headers, END_HEADERS],
      [FRAME.data, END_STREAM],
    ]);
    one.send(HEADERS(3, END_HEADERS | END_STREAM, [[":method", "HEAD"], ...PSEUDO.slice(1)]));
    expect(one.take().frames.map(({ type, flags }) => [type, flags])).toEqual([[FRAME.headers, END_HEADERS | END_STREAM]]);
    one.send(HEADERS(5), ...Array.from({ length: 5 }, () => DATA(5, Buffer.alloc(16_384))));
    expect(resetsOf(one.take().frames)).toEqual([[5, H2.noError]]);
  });

  it("wait for the client's windows, in the stream and in the connection", () => {
    const one = rig();
    one.send(PREFACE, frame(FRAME.settings, 0, 0, setting(4, 0)));
    one.take();
    one.send(REQUEST(1), REQUEST(3));
    expect(one.take().frames.map(({ type }) => type)).toEqual([FRAME.headers, FRAME.headers]);
    one.send(frame(FRAME.windowUpdate, 0, 1, uint32(2)));
    expect(one.take().frames.map(({ type, id, payload }) => [type, id, payload.length])).toEqual([[FRAME.data, 1, 2]]);
    one.send(frame(FRAME.settings, 0, 0, setting(4, 5)));
    const { frames } = one.take();
    expect(frames.map(({ type, id, flags, payload }) => [type, id, flags, type === FRAME.data ? payload.length : 0])).toEqual([
      [FRAME.settings, 0, 1, 0],
      [FRAME.data, 1, 0, 3],
      [FRAME.headers, 1, END_HEADERS | END_STREAM, 0],
      [FRAME.data, 3, 0, 5],
      [FRAME.headers, 3, END_HEADERS | END_STREAM, 0],
    ]);
    expect(one.seen.calls.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  it("say nothing once the stream or the connection is gone", () => {
    const one = opened({ plan: () => "nothing" });
    one.send(REQUEST(1), REQUEST(3), frame(FRAME.rstStream, 0, 1, uint32(H2.cancel)));
    expect(one.seen.calls.map(({ closed }) => closed)).toEqual([1, 0]);
    one.seen.calls[0].stream.succeed();
    one.connection.closed("client");
    for (const { stream } of one.seen.calls) {
      stream.succeed();
      stream.fail({ "grpc-status": "1" });
      stream.reject(415);
    }
    one.runDeferred();
    expect([one.take().frames, one.seen.calls.map(({ closed }) => closed), one.seen.ends]).toEqual([[], [1, 1], ["client"]]);
  });

  it("refuse streams beyond the limit, and say how many", () => {
    const one = opened({ plan: () => "nothing", streamsMax: 2 });
    one.send(...[1, 3, 5, 7].map((id) => HEADERS(id)));
    expect([resetsOf(one.take().frames), one.seen.refused]).toEqual([
      [
        [5, H2.refusedStream],
        [7, H2.refusedStream],
      ],
      2,
    ]);
    one.connection.setStreamsMax(3);
    one.runDeferred();
    expect(one.take().frames.map(({ type, payload }) => [type, payload.readUInt32BE(2)])).toEqual([[FRAME.settings, 3]]);
    one.send(HEADERS(9));
    expect(one.seen.calls).toHaveLength(3);
  });
});

describe("a client that breaks the rules", () => {
  it.each<[string, number, Buffer[]]>([
    ["another first frame", H2.protocolError, [PREFACE, frame(FRAME.ping, 0, 0, Buffer.alloc(8))]],
    ["an acknowledgement first", H2.protocolError, [PREFACE, frame(FRAME.settings, 1, 0)]],
    ["a frame that is too large", H2.frameSizeError, [OPENING, frame(FRAME.data, 0, 1, Buffer.alloc(16_385))]],
    ["DATA on stream 0", H2.protocolError, [OPENING, DATA(0, [1])]],
    ["DATA on an idle stream", H2.protocolError, [OPENING, DATA(1, [1])]],
    ["DATA on a stream that was ended", H2.streamClosed, [OPENING, REQUEST(1), DATA(1, [1])]],
    ["more padding than DATA", H2.protocolError, [OPENING, HEADERS(1), frame(FRAME.data, 8, 1, [2, 0])]],
    ["HEADERS on an even stream", H2.protocolError, [OPENING, HEADERS(2)]],
    ["HEADERS on an earlier stream", H2.protocolError, [OPENING, HEADERS(5), HEADERS(3)]],
    ["HEADERS on a stream that was ended", H2.streamClosed, [OPENING, REQUEST(1), HEADERS(1)]],
    ["more padding than HEADERS", H2.protocolError, [OPENING, frame(FRAME.headers, 8 | END_HEADERS, 1, [9, 0x83])]],
    ["a header block that can't be decoded", H2.compressionError, [OPENING, frame(FRAME.headers, END_HEADERS, 1, [0x80])]],
    ["a frame inside a header block", H2.protocolError, [OPENING, HEADERS(1, 0), frame(FRAME.ping, 0, 0, Buffer.alloc(8))]],
    ["CONTINUATION of another stream", H2.protocolError, [OPENING, HEADERS(1, 0), frame(FRAME.continuation, 0, 3)]],
    ["CONTINUATION of nothing", H2.protocolError, [OPENING, frame(FRAME.continuation, 4, 1)]],
    ["PUSH_PROMISE", H2.protocolError, [OPENING, frame(FRAME.pushPromise, 4, 1, uint32(2))]],
    ["PRIORITY of 4 bytes", H2.frameSizeError, [OPENING, frame(FRAME.priority, 0, 1, uint32(3))]],
    ["RST_STREAM of 3 bytes", H2.frameSizeError, [OPENING, HEADERS(1), frame(FRAME.rstStream, 0, 1, [0, 0, 0])]],
    ["RST_STREAM on an idle stream", H2.protocolError, [OPENING, frame(FRAME.rstStream, 0, 1, uint32(8))]],
    ["SETTINGS on a stream", H2.protocolError, [OPENING, frame(FRAME.settings, 0, 1)]],
    ["SETTINGS of 5 bytes", H2.frameSizeError, [OPENING, frame(FRAME.settings, 0, 0, [0, 0, 0, 0, 0])]],
    ["an acknowledgement with content", H2.frameSizeError, [OPENING, frame(FRAME.settings, 1, 0, setting(4, 1))]],
    ["ENABLE_PUSH of 2", H2.protocolError, [OPENING, frame(FRAME.settings, 0, 0, setting(2, 2))]],
    ["INITIAL_WINDOW_SIZE of 2^31", H2.flowControlError, [OPENING, frame(FRAME.settings, 0, 0, setting(4, 2 ** 31))]],
    ["MAX_FRAME_SIZE of 16383", H2.protocolError, [OPENING, frame(FRAME.settings, 0, 0, setting(5, 16_383))]],
    ["PING on a stream", H2.protocolError, [OPENING, frame(FRAME.ping, 0, 1, Buffer.alloc(8))]],
    ["PING of 7 bytes", H2.frameSizeError, [OPENING, frame(FRAME.ping, 0, 0, Buffer.alloc(7))]],
    ["GOAWAY of 7 bytes", H2.frameSizeError, [OPENING, frame(FRAME.goAway, 0, 0, Buffer.alloc(7))]],
    ["WINDOW_UPDATE of 0", H2.protocolError, [OPENING, frame(FRAME.windowUpdate, 0, 0, uint32(0))]],
    ["a window beyond 2^31 - 1", H2.flowControlError, [OPENING, frame(FRAME.windowUpdate, 0, 0, uint32(0x7fffffff))]],
    ["WINDOW_UPDATE on an idle stream", H2.protocolError, [OPENING, frame(FRAME.windowUpdate, 0, 7, uint32(1))]],
  ])("is told so and loses the connection: %s", (_what, code, frames) => {
    const one = rig({ plan: ({ contentType }) => (contentType === "" ? "reject" : "succeed") }).send(...frames);
    expect(goAwayOf(one.take().frames)).toEqual([code]);
    expect([one.seen.ends.length, one.seen.transportEnded, one.connection.isEnded]).toEqual([1, true, true]);
    one.send(REQUEST(101));
    expect(one.take().frames).toEqual([]);
  });

  it.each<[string, number, Buffer[]]>([
    ["no :path", H2.protocolError, [HEADERS(1, END_HEADERS, PSEUDO.slice(0, 2))]],
    ["a pseudo-header field twice", H2.protocolError, [HEADERS(1, END_HEADERS, [...PSEUDO, PSEUDO[0]])]],
    ["a pseudo-header field after others", H2.protocolError, [HEADERS(1, END_HEADERS, [PSEUDO[0], PSEUDO[1], ["a", "b"], PSEUDO[2], PSEUDO[3]])]],
    ["an unknown pseudo-header field", H2.protocolError, [HEADERS(1, END_HEADERS, [...PSEUDO, [":status", "200"]])]],
    ["a name with capitals", H2.protocolError, [HEADERS(1, END_HEADERS, [...PSEUDO, ["X-y", "z"]])]],
    ["a value with a line break", H2.protocolError, [HEADERS(1, END_HEADERS, [...PSEUDO, ["x", "a\nb"]])]],
    ["a field of HTTP/1.1", H2.protocolError, [HEADERS(1, END_HEADERS, [...PSEUDO, ["connection", "close"]])]],
    ["te that is not trailers", H2.protocolError, [HEADERS(1, END_HEADERS, [...PSEUDO, ["te", "gzip"]])]],
    ["trailers that do not end the stream", H2.protocolError, [HEADERS(1), HEADERS(1, END_HEADERS, [["a", "b"]])]],
    ["trailers with a pseudo-header field", H2.protocolError, [HEADERS(1), HEADERS(1, END_HEADERS | END_STREAM, PSEUDO)]],
    ["less than its content-length", H2.protocolError, [HEADERS(1, END_HEADERS, [...GRPC, ["content-length", "4"]]), DATA(1, [1, 2, 3], END_STREAM)]],
    ["more than its content-length", H2.protocolError, [HEADERS(1, END_HEADERS, [...GRPC, ["content-length", "2"]]), DATA(1, [1, 2, 3])]],
    ["a content-length without a body", H2.protocolError, [HEADERS(1, END_HEADERS | END_STREAM, [...GRPC, ["content-length", "2"]])]],
    [
      "a stream that depends on itself",
      H2.protocolError,
      [frame(FRAME.headers, END_HEADERS | 32, 1, Buffer.concat([uint32(1), Buffer.from([0]), block(...GRPC)]))],
    ],
    ["a window update of 0 on a stream", H2.protocolError, [HEADERS(1), frame(FRAME.windowUpdate, 0, 1, uint32(0))]],
    ["a window beyond 2^31 - 1 of a stream", H2.flowControlError, [HEADERS(1), frame(FRAME.windowUpdate, 0, 1, uint32(0x7fffffff))]],
  ])("is told so and loses the stream alone: %s", (_what, code, frames) => {
    const one = opened({ plan: () => "nothing" });
    one.send(...frames, HEADERS(9));
    expect([resetsOf(one.take().frames), one.seen.ends, one.seen.calls.at(-1)?.closed]).toEqual([[[1, code]], [], 0]);
    for (const { closed } of one.seen.calls.slice(0, -1)) expect(closed).toBe(1);
  });

  it("speaks HTTP/1.1, and is told what this port is", () => {
    const one = rig().send(Buffer.from("POST /v1/traces HTTP/1.1\r\nhost: x\r\n\r\n"));
    expect(one.written.toString()).toMatch(/^HTTP\/1\.1 505 .*OTLP\/gRPC/s);
    expect([one.seen.ends, one.seen.transportEnded]).toEqual([["not_http2"], true]);
  });
});

describe("a client that attacks", () => {
  const flood = (make: (i: number) => Buffer, most = 30_000) => {
    const one = opened({ plan: () => "nothing" });
    let sent = 0;
    for (; sent < most && !one.connection.isEnded; sent++) one.send(make(sent));
    return { sent, ends: one.seen.ends, code: goAwayOf(one.take().frames), calls: one.seen.calls };
  };

  it.each<[string, number, (i: number) => Buffer]>([
    ["rapid reset", 1001, (i) => Buffer.concat([HEADERS(2 * i + 1), frame(FRAME.rstStream, 0, 2 * i + 1, uint32(H2.cancel))])],
    ["streams that this side has to reset", 1001, (i) => HEADERS(2 * i + 1, END_HEADERS, [["a", "b"]])],
    ["window updates of 0 on streams", 1001, (i) => Buffer.concat([HEADERS(2 * i + 1), frame(FRAME.windowUpdate, 0, 2 * i + 1, uint32(0))])],
    ["PING", 10_001, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ["SETTINGS", 1001, () => frame(FRAME.settings, 0, 0)],
    ["PRIORITY", 10_001, () => frame(FRAME.priority, 0, 3, [0, 0, 0, 5, 1])],
    ["unknown frames", 10_001, () => frame(0xee, 0, 0)],
    ["empty DATA", 10_005, (i) => (i === 0 ? HEADERS(1) : DATA(1, []))],
  ])("with %s loses its connection", (_what, about, make) => {
    const { sent, ends, code, calls } = flood(make);
    expect(sent).toBeLessThanOrEqual(about + 1000);
    expect([ends, code]).toEqual([["flood"], [H2.enhanceYourCalm]]);
    for (const { closed } of calls) expect(closed).toBe(1);
  });

  it("with CONTINUATION frames, many or large, loses its connection", () => {
    for (const size of [0, 1, 16_000]) {
      const { ends, sent } = flood((i) => (i === 0 ? HEADERS(1, 0) : frame(FRAME.continuation, 0, 1, Buffer.alloc(size, 0x82))));
      expect([ends, sent <= 40]).toEqual([["flood"], true]);
    }
  });

  it("with SETTINGS of thousands of entries loses its connection", () => {
    expect(flood(() => frame(FRAME.settings, 0, 0, Buffer.alloc(16_380, 0)))).toMatchObject({ sent: 1, ends: ["flood"] });
  });

  it("with a bomb of indexed fields gets 431 for it, and nothing is kept", () => {
    const one = opened();
    const entry = Buffer.concat([Buffer.from([0x40, 1]), Buffer.from("a"), Buffer.from([0x7f, 0x81, 0x1e]), Buffer.alloc(3968, "b")]);
    one.send(frame(FRAME.headers, END_HEADERS | END_STREAM, 1, Buffer.concat([block(...GRPC), entry, Buffer.alloc(12_000, 0xbe)])));
    const [{ type, payload }] = one.take().frames;
    expect([type, payload.subarray(0, 5).toString("latin1"), one.seen.calls.length]).toEqual([FRAME.headers, "\x08\x03431", 0]);
    one.send(REQUEST(3));
    expect(one.seen.calls).toHaveLength(1);
  });

  it("by reading no answers loses its connection before much is kept", () => {
    const one = rig({ takes: false });
    one.send(OPENING, frame(FRAME.windowUpdate, 0, 0, uint32(1_000_000_000)));
    let sent = 0;
    for (; sent < 100_000 && !one.connection.isEnded; sent++) one.send(REQUEST(2 * sent + 1));
    expect([one.seen.ends, one.seen.unsentBytes < 1_200_000]).toEqual([["unread"], true]);
  });

  it("honestly busy is none: a PING for each answer, for hours", () => {
    const one = opened();
    one.send(frame(FRAME.windowUpdate, 0, 0, uint32(1_000_000_000)));
    for (let i = 0; i < 20_000; i++) one.send(REQUEST(2 * i + 1), frame(FRAME.ping, 0, 0, Buffer.alloc(8)));
    expect([one.seen.ends, one.seen.calls.length]).toEqual([[], 20_000]);
  });
});

describe("a client that is slow or silent", () => {
  it.each<[string, Buffer[]]>([
    ["the preface", [PREFACE.subarray(0, 10)]],
    ["its settings", [PREFACE]],
    ["a frame's header", [OPENING, HEADERS(1).subarray(0, 5)]],
    ["a frame that is wanted whole", [OPENING, HEADERS(1).subarray(0, 20)]],
    ["a header block", [OPENING, HEADERS(1, 0)]],
  ])("has so long for %s", (_what, frames) => {
    const one = rig().send(...frames);
    one.clock.now += 9_999;
    one.connection.sweep(PATIENCE);
    expect(one.seen.ends).toEqual([]);
    one.clock.now += 1;
    one.connection.sweep(PATIENCE);
    expect(one.seen.ends).toEqual(["timeout"]);
  });

  it("is not cut off while it goes on, though each read ends within a frame", () => {
    const one = rig();
    const bytes = Buffer.concat([OPENING, ...Array.from({ length: 50 }, (_, i) => REQUEST(2 * i + 1))]);
    for (let at = 0; at < bytes.length; at += 50) {
      one.clock.now += 5_000;
      one.send(bytes.subarray(at, at + 50));
      one.connection.sweep(PATIENCE);
    }
    expect([one.seen.ends, one.seen.calls.length]).toEqual([[], 50]);
  });

  it("is told to go after a long time without a stream, not while one is open", () => {
    const one = opened({ plan: () => "nothing" });
    one.send(HEADERS(1));
    one.clock.now += 1_000_000;
    one.connection.sweep(PATIENCE);
    expect(one.seen.ends).toEqual([]);
    one.send(frame(FRAME.rstStream, 0, 1, uint32(8)));
    one.take();
    one.clock.now += 600_000;
    one.connection.sweep(PATIENCE);
    one.runDeferred();
    expect([goAwayOf(one.take().frames), one.seen.ends, one.seen.transportEnded]).toEqual([[H2.noError], ["idle"], true]);
  });

  it("has so long to take an answer, and to end a request that was answered", () => {
    const one = opened({ plan: () => "reject" as Plan });
    one.send(frame(FRAME.settings, 0, 0, setting(4, 0)), HEADERS(1, END_HEADERS | END_STREAM), HEADERS(3));
    one.take();
    one.clock.now += 30_000;
    one.connection.sweep(PATIENCE);
    one.runDeferred();
    expect(resetsOf(one.take().frames)).toEqual([
      [1, H2.cancel],
      [3, H2.cancel],
    ]);
    expect([one.seen.ends, one.connection.isIdle]).toEqual([[], true]);
  });
});

describe("draining", () => {
  it("lets open calls end and looks at no new one", () => {
    const one = opened({ plan: () => "nothing" });
    one.send(HEADERS(1));
    one.connection.drain();
    one.runDeferred();
    const [{ type, payload }] = one.take().frames;
    expect([type, payload.readUInt32BE(0), payload.readUInt32BE(4)]).toEqual([FRAME.goAway, 1, H2.noError]);
    one.send(REQUEST(3), frame(FRAME.windowUpdate, 0, 3, uint32(5)), frame(FRAME.rstStream, 0, 3, uint32(8)), DATA(1, [1], END_STREAM));
    expect([one.seen.calls.length, one.seen.transportEnded, one.take().frames]).toEqual([1, false, []]);
    one.seen.calls[0].stream.succeed();
    one.runDeferred();
    expect([one.take().frames.length, one.seen.transportEnded, one.seen.ends, one.seen.calls[0].closed]).toEqual([3, true, ["drained"], 1]);
  });
});
