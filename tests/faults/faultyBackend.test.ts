import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { type FaultyBackend, startFaultyBackend } from "./faultyBackend.ts";
import { createKnownRequests } from "./knownRequests.ts";
import { createGrpcClient, createHttpClient, type OtlpClient } from "./otlpClient.ts";
import { SpanIds } from "./spanIds.ts";
import { walkSpans } from "./walkSpans.ts";

const TAG = 7;
const requests = createKnownRequests(TAG, 1);

let backend: FaultyBackend;
beforeEach(async () => {
  backend = await startFaultyBackend({ identify: true });
});
afterEach(() => backend.close());

describe.each(["grpc", "http"] as const)("the faulty backend over %s", (protocol) => {
  let client: OtlpClient;
  beforeEach(() => {
    client = protocol === "grpc" ? createGrpcClient(backend.grpcPort) : createHttpClient(backend.httpPort, 4);
  });
  afterEach(() => client.close());
  const send = (first = 0, timeoutMs = 500) => client.send(requests.request(50, first, client.headroom), timeoutMs);
  const answers = (grpc: string, http: string) => (protocol === "grpc" ? grpc : http);

  it("stores what it takes, knows every id, and counts what comes twice", async () => {
    expect(await send(0)).toEqual({ kind: "accepted", answer: answers("grpc 0", "http 200") });
    await send(50);
    await send(50);
    expect([backend.spans, backend.ids.size, backend.ids.duplicates]).toEqual([150, 100, 50]);
    expect([backend.ids.times(TAG, 0), backend.ids.times(TAG, 99), backend.ids.times(TAG, 100)]).toEqual([1, 2, 0]);
    expect(backend.calls.map(({ outcome, spans, protocol }) => ({ outcome, spans, protocol }))).toEqual(Array(3).fill({ outcome: "ok", spans: 50, protocol }));
    expect(backend.ids.firstAt(TAG, 60)).toBe(backend.calls[1].atMs);
  });

  it.each<[Behaviour, string, string, number | undefined, number]>([
    [{ kind: "grpc", code: 14, retryAfterMs: 1500 }, "grpc 14", "http 503", 1500, 0],
    [{ kind: "grpc", code: 14 }, "grpc 14", "http 503", undefined, 0],
    [{ kind: "grpc", code: 8, retryAfterMs: 250 }, "grpc 8", "http 503", 250, 0],
    [{ kind: "http", status: 429, retryAfter: 2 }, "http 429", "http 429", undefined, 0],
    [{ kind: "http", status: 502 }, "http 502", "http 502", undefined, 0],
    [{ kind: "close", when: "beforeAnswer" }, "closed", "ECONNRESET", undefined, 50],
    [{ kind: "close", when: "beforeAnswer", keeps: false }, "closed", "ECONNRESET", undefined, 0],
    [{ kind: "close", when: "halfAnswer" }, "closed", "closed", undefined, 50],
    [{ kind: "close", when: "duringRequest" }, "closed", "ECONNRESET", undefined, 0],
    [{ kind: "resetStream" }, "ERR_HTTP2_STREAM_ERROR", "ECONNRESET", undefined, 0],
    [{ kind: "garbage" }, "closed", "HPE_INVALID_CONSTANT", undefined, 0],
    [{ kind: "hang" }, "timeout", "timeout", undefined, 0],
  ])("does %j, and the client may try again", async (behaviour, grpc, http, retryAfterMs, stored) => {
    backend.behaviour = behaviour;
    const result = await send();
    const answer = answers(grpc, http);
    expect(result).toMatchObject({ kind: "retryable", answer });
    if (protocol === "grpc") expect(result.retryAfterMs).toBe(retryAfterMs);
    expect(backend.spans).toBe(stored);
    backend.behaviour = { kind: "ok" };
    expect((await send(1000)).kind).toBe("accepted");
  });

  it.each<[Behaviour, string, string]>([
    [{ kind: "http", status: 400 }, "http 400", "http 400"],
    [{ kind: "http", status: 401 }, "http 401", "http 401"],
    [{ kind: "http", status: 408 }, "http 408", "http 408"],
    [{ kind: "http", status: 413 }, "http 413", "http 413"],
    [{ kind: "http", status: 500 }, "http 500", "http 500"],
    [{ kind: "grpc", code: 3 }, "grpc 3", "http 503"],
  ])("does %j", async (behaviour, grpc, http) => {
    backend.behaviour = behaviour;
    expect((await send()).answer).toBe(answers(grpc, http));
    expect(backend.spans).toBe(0);
  });

  it("gives Retry-After as seconds and as a date", async () => {
    if (protocol === "grpc") return expect((await send()).kind).toBe("accepted");
    backend.behaviour = { kind: "http", status: 429, retryAfter: 3 };
    expect((await send()).retryAfterMs).toBe(3000);
    backend.behaviour = { kind: "http", status: 503, retryAfter: new Date(Date.now() + 5000) };
    const { retryAfterMs = Number.NaN } = await send();
    expect(retryAfterMs).toBeGreaterThan(3500);
    expect(retryAfterMs).toBeLessThanOrEqual(5000);
  });

  it("rejects a part: the first spans of the request are not stored", async () => {
    backend.behaviour = { kind: "partial", rejectedSpans: 7 };
    expect((await send()).kind).toBe("accepted");
    expect([backend.spans, backend.ids.size, backend.ids.times(TAG, 49)]).toEqual([43, 43, 1]);
  });

  it("refuses connections, and listens on the same port again", async () => {
    await send();
    const ports = [backend.grpcPort, backend.httpPort];
    await backend.refuseConnections();
    const result = await send(50);
    expect(result.kind).toBe("retryable");
    expect(result.answer).toMatch(/ECONNREFUSED|ECONNRESET|closed|ERR_HTTP2/);
    await backend.listen();
    expect([backend.grpcPort, backend.httpPort]).toEqual(ports);
    expect((await send(100)).kind).toBe("accepted");
    expect(backend.spans).toBe(100);
  });

  it("sends clients away after their answer, and they come back on another connection", async () => {
    backend.behaviour = { kind: "goAway" };
    for (const first of [0, 50, 100]) expect((await send(first)).kind).toBe("accepted");
    expect(backend.spans).toBe(150);
  });

  it("is slow, writes down how many calls were open together, and asks a function for each", async () => {
    backend.behaviour = ({ concurrency }) => ({ kind: "ok", delayMs: concurrency * 50 });
    await Promise.all([send(0), send(50), send(100)]);
    expect(backend.calls.map(({ concurrency }) => concurrency)).toEqual([1, 2, 3]);
    expect(backend.open).toBe(0);
    for (const { atMs, endedMs, concurrency } of backend.calls) expect(endedMs - atMs).toBeGreaterThan(concurrency * 50 - 5);
  });

  it("answers what is no request with an error, and goes on", async () => {
    const bytes = Buffer.concat([Buffer.alloc(client.headroom), Buffer.from([0x0a, 0xff, 0x01, 1, 2])]);
    expect(await client.send(bytes, 500)).toEqual({ kind: "failed", answer: answers("grpc 3", "http 400") });
    expect(backend.calls[0].outcome).toBe("malformed");
    expect((await send()).kind).toBe("accepted");
  });

  it("writes down a client that went away", async () => {
    backend.behaviour = { kind: "hang" };
    const hanging = send(0, 100);
    await hanging;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([backend.open, backend.calls[0].outcome]).toEqual([0, "hang"]);
  });
});

describe("known requests", () => {
  it("have every id they say, once, with parents among them", () => {
    const request = requests.request(300, 1000, 5);
    const ids: number[] = [];
    expect(
      walkSpans(request.subarray(5), (high, low) => {
        expect(high).toBe(TAG);
        ids.push(low);
      }),
    ).toBe(300);
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, at) => 1000 + at));
  });
});

describe("a set of span ids", () => {
  it("holds hundreds of thousands and forgets none", () => {
    const ids = new SpanIds();
    for (let low = 0; low < 300_000; low++) ids.add(low % 3, low, low);
    for (let low = 0; low < 300_000; low += 2) ids.add(low % 3, low, -1);
    expect([ids.size, ids.duplicates]).toEqual([300_000, 150_000]);
    let wrong = 0;
    for (let low = 0; low < 300_000; low++) if (ids.times(low % 3, low) !== (low % 2 === 0 ? 2 : 1) || ids.firstAt(low % 3, low) !== low) wrong++;
    expect(wrong).toBe(0);
    expect([ids.times(5, 1), ids.firstAt(5, 1)]).toEqual([0, undefined]);
  });
});
