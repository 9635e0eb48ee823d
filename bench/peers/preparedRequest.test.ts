import { describe, expect, it } from "vitest";
import { Arrivals } from "./arrivals.ts";
import { makeCorpus, roundMask } from "./corpus.ts";
import { FRAME, FrameReader } from "./h2Frames.ts";
import { wholeAnswer } from "./httpConnection.ts";
import { PreparedRequest } from "./preparedRequest.ts";

const SHAPE = { seed: 5, requests: 2, spans: 512 };

/** The messages of a gRPC request's frames, however they are cut into chunks. */
function messageOf(bytes: Buffer, chunkBytes: number): { message: Buffer; streams: number[]; largest: number } {
  const data: Buffer[] = [];
  const streams: number[] = [];
  const reader = new FrameReader((type, _flags, stream, payload) => {
    streams.push(stream);
    if (type === FRAME.data) data.push(Buffer.from(payload));
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  return { message: Buffer.concat(data), streams, largest: Math.max(...data.map(({ length }) => length)) };
}

describe("a prepared request", () => {
  it("over gRPC is frames of at most 16 KiB whose message has all spans under the ids of its round", () => {
    const arrivals = new Arrivals(SHAPE);
    for (const [at, request] of makeCorpus(SHAPE, 0).entries()) {
      const prepared = new PreparedRequest(request, "grpc");
      prepared.patch(9, roundMask(SHAPE.seed, 9));
      prepared.setStream(77);
      const { message, streams, largest } = messageOf(prepared.bytes, 1000 + at);
      expect(new Set(streams)).toEqual(new Set([77]));
      expect(largest).toBeLessThanOrEqual(16_384);
      expect(message.readUInt32BE(1)).toBe(message.length - 5);
      arrivals.take(message, 5);
    }
    expect(arrivals.figures()).toEqual({ arrived: 1024, twice: 0, unknown: 0 });
    expect(arrivals.has(9, 1, 511)).toBe(true);
  });

  it("over HTTP is a head and the body that it announces", () => {
    const prepared = new PreparedRequest(makeCorpus(SHAPE, 0)[1], "http");
    prepared.patch(2, roundMask(SHAPE.seed, 2));
    const head = prepared.bytes.indexOf("\r\n\r\n") + 4;
    expect(prepared.bytes.toString("latin1", 0, head)).toContain(`Content-Length: ${prepared.bytes.length - head}`);
    const arrivals = new Arrivals(SHAPE);
    arrivals.take(prepared.bytes, head);
    expect(arrivals.has(2, 1, 0)).toBe(true);
  });
});

describe("an HTTP answer", () => {
  it.each([
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", undefined],
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200],
    ["HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", undefined],
    ["HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 429],
    ["HTTP/1.1 503 Service Unav", undefined],
  ])("%j has come to its end with %s", (text, status) => {
    expect(wholeAnswer(Buffer.from(text))).toBe(status);
  });
});
