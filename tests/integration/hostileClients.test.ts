import { mkdirSync, rmSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { block, END_HEADERS, frame, setting } from "#collector/http2/frameTestData.ts";
import { FRAME, PREFACE } from "#collector/http2/http2.ts";
import { GRPC } from "#collector/receive/lean/leanTestData.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc, EXPORT_PATH } from "../fixtures/grpcCall.ts";
import { ENGINES, type Engine } from "../fixtures/grpcEngines.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { sum, unaccounted } from "../fixtures/metrics.ts";
import { type OtlpSink, startOtlpSink } from "../fixtures/otlpSink.ts";
import { waitFor } from "../fixtures/waitFor.ts";

// Clients that misbehave, on real sockets, each beside two that do not: whatever the first does, the other two are served and nothing of theirs is lost.
// (Without a write-ahead log: a disk that is busy with something else is none of their doing.)

const SPANS = 20;
/** What an attack may add to the collector's memory: far less than what it sends. */
const ADDED_BYTES_MAX = 100_000_000;
const request = createTraffic({ seed: 9, now: Date.now }).nextRequest(SPANS);
const CALL = block(...GRPC.map(([name, value]): [string, string] => [name, name === ":path" ? EXPORT_PATH : value]));
const OPENING = Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0)]);

let folder: string;
let sink: OtlpSink;
const collectors = new Map<Engine, CollectorRun>();

beforeAll(async () => {
  folder = temporaryFolder();
  sink = await startOtlpSink({ keepRequests: false });
  for (const engine of ENGINES) {
    const own = join(folder, engine);
    mkdirSync(own);
    const config = {
      receivers: { grpc: { engine }, http: { engine } },
      pipeline: { batch: { timeoutMs: 20 }, wal: { enabled: false } },
      export: { endpoint: sink.grpcUrl },
    };
    collectors.set(engine, await startCollector(own, { config }));
  }
});
afterAll(async () => {
  for (const one of collectors.values()) await one.process.stop();
  await sink?.close();
  rmSync(folder, { recursive: true, force: true });
});

function collectorWith(engine: Engine): CollectorRun {
  const found = collectors.get(engine);
  if (found === undefined) throw new Error(`no collector with ${engine}`);
  return found;
}

/** Two clients that send one request after the other until they are stopped; each request has to be acknowledged. Gives how many spans that were. */
function wellBehaved({ otlpGrpc, otlpHttp }: CollectorRun): { stop(): Promise<number>; acked(): number } {
  let isOver = false;
  let acked = 0;
  const grpc = connectGrpc(otlpGrpc);
  const overGrpc = async () => {
    while (!isOver) {
      expect(await grpc.call(request)).toEqual({ httpStatus: 200, grpcStatus: 0, message: "", retryAfterMs: undefined });
      acked += SPANS;
    }
  };
  const overHttp = async () => {
    while (!isOver) {
      const response = await fetch(`http://127.0.0.1:${otlpHttp}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/x-protobuf" },
        body: new Uint8Array(request),
      });
      expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0]);
      acked += SPANS;
    }
  };
  const running = Promise.all([overGrpc(), overHttp()]);
  let failure: unknown;
  running.catch((error) => {
    failure = error;
  });
  return {
    acked() {
      if (failure !== undefined) throw failure;
      return acked;
    },
    async stop() {
      isOver = true;
      await running;
      grpc.close();
      return acked;
    },
  };
}

/** Runs an attack beside the two, and looks at everything afterwards. */
async function beside(collector: CollectorRun, attack: (acked: () => number) => Promise<unknown>): Promise<void> {
  const memory = async () => sum(await collector.metrics(), "process_resident_memory_bytes");
  const before = { spans: sink.spans, received: (await collector.ledger()).received, memory: await memory() };
  const others = wellBehaved(collector);
  await waitFor("the others' first requests", () => others.acked() >= 10 * SPANS);
  await attack(others.acked);
  const reached = others.acked();
  await waitFor("the others' next requests", () => others.acked() >= reached + 10 * SPANS);
  const added = (await memory()) - before.memory;
  const acked = await others.stop();
  await sink.reached(before.spans + acked);
  const ledger = await waitFor("an empty queue", async () => {
    const now = await collector.ledger();
    return now.queued === 0 && now;
  });
  // On a busy machine the sink may be asked a second time.
  expect([ledger.received - before.received, ledger.dropped, unaccounted(ledger)]).toEqual([acked, 0, 0]);
  expect(added).toBeLessThan(ADDED_BYTES_MAX);
}

/** Writes pieces as fast as they are taken and reads nothing, until the other side ends the connection. Gives the bytes that it took. */
function flood(port: number, pieces: (index: number) => Buffer, bytesMax = 500_000_000): Promise<number> {
  return new Promise((resolve, reject) => {
    let written = 0;
    const socket = net.connect(port, "127.0.0.1", () => {
      let index = 0;
      const write = () => {
        while (!socket.destroyed && written < bytesMax) {
          const piece = pieces(index++);
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", write);
        }
        if (written >= bytesMax) reject(new Error(`${written} bytes were taken, and the connection lives`));
      };
      write();
    });
    // Nothing is read until the other side has ended it: then only its end.
    socket.on("error", () => {});
    socket.on("close", () => resolve(written));
    setTimeout(() => socket.resume(), 200);
  });
}

const manyOf = (bytes: Buffer, count: number) => Buffer.concat(Array.from({ length: count }, () => bytes));

/** Streams that are opened and reset at once (CVE-2023-44487), a hundred a piece. */
function rapidReset(index: number): Buffer {
  if (index === 0) return OPENING;
  const streams = Array.from({ length: 100 }, (_, one) => ((index - 1) * 100 + one) * 2 + 1);
  return Buffer.concat(streams.map((id) => Buffer.concat([frame(FRAME.headers, END_HEADERS, id, CALL), frame(FRAME.rstStream, 0, id, [0, 0, 0, 8])])));
}

/** A header block that never ends (CVE-2024-27316). */
function continuations(payload: Buffer): (index: number) => Buffer {
  const more = manyOf(frame(FRAME.continuation, 0, 1, payload), payload.length > 0 ? 4 : 1000);
  return (index) => (index === 0 ? Buffer.concat([OPENING, frame(FRAME.headers, 0, 1, CALL)]) : more);
}

function over(many: Buffer): (index: number) => Buffer {
  return (index) => (index === 0 ? OPENING : many);
}

describe.each(ENGINES)("a client that floods its gRPC connection, engine %s,", (engine) => {
  it.each<[string, (index: number) => Buffer]>([
    ["rapid resets", rapidReset],
    ["headers without end", continuations(manyOf(block(["a", "x".repeat(100)]), 100))],
    ["empty CONTINUATION frames", continuations(Buffer.alloc(0))],
    ["SETTINGS, and reads nothing", over(manyOf(frame(FRAME.settings, 0, 0, Buffer.concat([setting(4, 100_000)])), 500))],
    ["PING, and reads nothing", over(manyOf(frame(FRAME.ping, 0, 0, Buffer.alloc(8)), 500))],
  ])("with %s loses that connection, and nobody else anything", { timeout: 120_000 }, async (_what, pieces) => {
    const collector = collectorWith(engine);
    await beside(collector, () => Promise.all(Array.from({ length: 3 }, () => flood(collector.otlpGrpc, pieces))));
  });

  it("with oversized headers is refused, and nobody else", { timeout: 120_000 }, async () => {
    const collector = collectorWith(engine);
    await beside(collector, async () => {
      const grpc = connectGrpc(collector.otlpGrpc);
      const fields = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-${index}`, "y".repeat(2000)]));
      const answer = await grpc.raw(Buffer.alloc(5), fields);
      expect([0, 431]).toContain(answer.httpStatus);
      expect(answer.grpcStatus).toBeUndefined();
      grpc.close();
    });
  });

  it("with 500 requests that stop halfway and go away leaves nothing behind", { timeout: 120_000 }, async () => {
    const collector = collectorWith(engine);
    await beside(collector, async () => {
      for (let round = 0; round < 10; round++) {
        const connections = Array.from({ length: 5 }, () => connectGrpc(collector.otlpGrpc));
        const begun = connections.flatMap((grpc) => Array.from({ length: 10 }, () => grpc.begin(request.subarray(0, 1000))));
        await connections[0].call(request.subarray(0, 100));
        for (const [index, one] of begun.entries()) if (index % 2 === 0) one.abort();
        for (const grpc of connections) grpc.close();
        await Promise.all(begun.map(({ answer }) => answer));
      }
    });
  });

  it("with 2,000 connections that say nothing, or only how they begin, costs little", { timeout: 120_000 }, async () => {
    const collector = collectorWith(engine);
    await beside(collector, async (others) => {
      const sockets = await Promise.all(
        Array.from({ length: 2000 }, (_, index) => {
          const socket = net.connect(index % 4 === 3 ? collector.otlpHttp : collector.otlpGrpc, "127.0.0.1");
          socket.on("error", () => {});
          return new Promise<net.Socket>((resolve) =>
            socket.on("connect", () => {
              socket.write([Buffer.from("P"), PREFACE, OPENING, Buffer.from("POST /v1/tra")][index % 4]);
              resolve(socket);
            }),
          );
        }),
      );
      const reached = others();
      await waitFor("the others' requests beside them", () => others() >= reached + 20 * SPANS);
      for (const socket of sockets) socket.destroy();
    });
  });
});

describe.each(ENGINES)("a client of OTLP/HTTP, engine %s,", (engine) => {
  const collector = () => collectorWith(engine);
  const HEAD = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n";

  /** Everything that the other side says until it ends the connection. */
  function exchange(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      let said = "";
      const socket = net.connect(collector().otlpHttp, "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (chunk) => {
        said += chunk.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(said));
    });
  }

  it.each([
    ["headers of 20 kB", `${HEAD}x: ${"y".repeat(20_000)}\r\n\r\n`, 431],
    ["2,500 headers", `${HEAD}${Array.from({ length: 2500 }, (_, index) => `x${index}: y\r\n`).join("")}\r\n`, 431],
    ["what is no HTTP", "\u0000\u0001\u0002 garbage\r\n\r\n", 400],
    ["a length that is none", `${HEAD}content-length: x\r\n\r\n`, 400],
    ["two lengths (request smuggling)", `${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ["a chunk size that is none", `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
  ])("that sends %s gets a Status of its own, loses its connection, and is counted", { timeout: 60_000 }, async (_what, bytes, code) => {
    const refused = async () => sum(await collector().metrics(), 'headgate_requests_refused_total{reason="malformed"}');
    const before = await refused();
    await beside(collector(), async () => {
      const said = await exchange(bytes);
      expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${code} .*\r\n`));
      expect(said).toMatch(/content-type: application\/json/i);
      expect(JSON.parse(said.slice(said.indexOf("\r\n\r\n") + 4))).toMatchObject({ code: code === 400 ? 3 : 8, message: expect.stringMatching(/./) });
    });
    expect(await refused()).toBe(before + 1);
  });

  it("that stops halfway 500 times leaves nothing behind", { timeout: 60_000 }, async () => {
    await beside(collector(), async () => {
      for (let round = 0; round < 10; round++) {
        const sockets = await Promise.all(
          Array.from({ length: 50 }, () => {
            const socket = net.connect(collector().otlpHttp, "127.0.0.1");
            socket.on("error", () => {});
            return new Promise<net.Socket>((resolve) =>
              socket.on("connect", () => socket.write(`${HEAD}content-length: 100000\r\n\r\n${"x".repeat(50_000)}`, () => resolve(socket))),
            );
          }),
        );
        for (const socket of sockets) socket.destroy();
      }
    });
  });
});
