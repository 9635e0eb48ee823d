import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createTarget, type Target } from "./target.ts";

const open: { server: Http2Server; target: Target }[] = [];
afterEach(async () => {
  for (const { server, target } of open.splice(0)) {
    target.close();
    server.close();
    await once(server, "close");
  }
});

/** A server that answers each export as told, and a target that sends to it with a clock of the test's own. */
async function start(answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>, body: Buffer) => void) {
  const clock = { ms: 0 };
  const server = createServer();
  const ended: (() => void)[] = [];
  server.on("stream", (stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => answer(stream, headers, Buffer.concat(chunks)));
    stream.on("close", () => ended.shift()?.());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const target = createTarget({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, now: () => clock.ms, random: () => 1 });
  open.push({ server, target });
  const settled = async (count: number) => {
    while (target.counts.accepted + target.counts.refused + target.counts.failed < count) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, target, settled };
}

function grpcStatus(stream: ServerHttp2Stream, status: string): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
  stream.end();
}

describe("traffic target", () => {
  it("sends one framed OTLP request, marked as sample, and counts its spans as accepted", async () => {
    const seen: { headers: Record<string, unknown>; body: Buffer }[] = [];
    const { target, settled } = await start((stream, headers, body) => {
      seen.push({ headers, body });
      grpcStatus(stream, "0");
    });
    target.send(Buffer.from("request"), 7);
    await settled(7);
    expect(target.counts).toMatchObject({ accepted: 7, refused: 0, failed: 0 });
    expect(seen[0].headers).toMatchObject({ ":path": "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "x-headgate-sample": "1" });
    expect(seen[0].body).toEqual(Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from("request")]));
  });

  it("pauses after a refusal, twice as long after the next, and not at all once accepted again", async () => {
    let status = "14";
    const { clock, target, settled } = await start((stream) => grpcStatus(stream, status));
    target.send(Buffer.alloc(1), 1);
    await settled(1);
    expect(target.isReady()).toBe(false);
    clock.ms = 250;
    expect(target.isReady()).toBe(true);
    target.send(Buffer.alloc(1), 1);
    await settled(2);
    clock.ms = 250 + 499;
    expect(target.isReady()).toBe(false);
    clock.ms = 250 + 500;
    expect(target.isReady()).toBe(true);
    status = "0";
    target.send(Buffer.alloc(1), 1);
    await settled(3);
    expect(target.isReady()).toBe(true);
    expect(target.counts).toMatchObject({ accepted: 1, refused: 2, failed: 0 });
  });

  it("counts what nobody answered as failed and lives on", async () => {
    const { target, settled } = await start((stream) => stream.session?.destroy());
    target.send(Buffer.alloc(1), 3);
    await settled(3);
    expect(target.counts).toMatchObject({ accepted: 0, refused: 0, failed: 3 });
  });

  it("has a bound on what is under way", async () => {
    const held: ServerHttp2Stream[] = [];
    const { target, settled } = await start((stream) => held.push(stream));
    let sent = 0;
    for (; target.isReady() && sent < 100; sent++) target.send(Buffer.alloc(1), 1);
    expect(sent).toBe(16);
    target.skip(5);
    expect(target.counts.skipped).toBe(5);
    while (held.length < sent) await new Promise((resolve) => setImmediate(resolve));
    for (const stream of held) grpcStatus(stream, "0");
    await settled(sent);
    expect(target.isReady()).toBe(true);
  });
});
