import { rmSync } from "node:fs";
import net from "node:net";
import { afterEach, expect, it } from "vitest";
import { block, END_HEADERS, END_STREAM, frame, setting, uint32 } from "#collector/http2/frameTestData.ts";
import { FRAME } from "#collector/http2/http2.ts";
import { GRPC, OPENING } from "#collector/receive/lean/leanTestData.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc, EXPORT_PATH } from "../fixtures/grpcCall.ts";
import { startCollector } from "../fixtures/managedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const ATTACKERS = 5;
const CALLS = 60;
const SPANS = 20;
const MORE_BYTES_MAX = 100_000_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const EXPORT: [string, string][] = GRPC.map(([name, value]) => [name, name === ":path" ? EXPORT_PATH : value]);
const call = (id: number) => frame(FRAME.headers, END_HEADERS, id, block(...EXPORT));

/** Sends `bytes(0)`, `bytes(1)` … as fast as they are taken, until the other side ends it. `reads` false: never looks at what comes. */
function attack(port: number, bytes: (round: number) => Buffer | undefined, reads = true) {
  const socket = net.connect(port, "127.0.0.1");
  let round = 0;
  const pump = () => {
    for (;;) {
      if (socket.destroyed || !socket.writable) return;
      const next = bytes(round++);
      if (next === undefined) return;
      if (!socket.write(next)) return void socket.once("drain", pump);
    }
  };
  const over = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => {});
  socket.on("connect", () => {
    socket.write(OPENING);
    pump();
  });
  if (reads) socket.resume();
  else socket.pause();
  ends.push(() => socket.destroy());
  return { over };
}

/** So many of them at once, so that a client is always at it. */
const many = (count: number, make: (i: number) => Buffer) => Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));

it.each<[string, string, (round: number) => Buffer | undefined, { reads?: boolean }?]>([
  [
    "rapid reset",
    "flood",
    (round) => many(50, (i) => Buffer.concat([call(2 * (50 * round + i) + 1), frame(FRAME.rstStream, 0, 2 * (50 * round + i) + 1, uint32(8))])),
  ],
  ["streams that have to be reset", "flood", (round) => many(50, (i) => frame(FRAME.headers, END_HEADERS, 2 * (50 * round + i) + 1, block(["a", "b"])))],
  ["PING", "flood", () => many(500, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)))],
  ["SETTINGS", "flood", () => many(500, () => frame(FRAME.settings, 0, 0, setting(4, 65_535)))],
  ["empty DATA", "flood", (round) => (round === 0 ? call(1) : many(500, () => frame(FRAME.data, 0, 1)))],
  ["CONTINUATION", "flood", (round) => frame(round === 0 ? FRAME.headers : FRAME.continuation, 0, 1, Buffer.alloc(1_000, 0x82))],
  ["header tables", "compression_error", (round) => frame(FRAME.headers, END_HEADERS, 2 * round + 1, Buffer.alloc(200, 0xff))],
  ["headers that stop halfway", "timeout", (round) => (round === 0 ? frame(FRAME.headers, 0, 1, block(...GRPC)) : undefined)],
  ["a preface that stops halfway", "timeout", (round) => (round === 0 ? frame(FRAME.headers, 0, 1, block(...GRPC)).subarray(0, 12) : undefined)],
  [
    "requests whose answers nobody reads",
    "unread",
    (round) =>
      Buffer.concat([
        round === 0 ? frame(FRAME.windowUpdate, 0, 0, uint32(2_000_000_000)) : Buffer.alloc(0),
        many(50, (i) => frame(FRAME.headers, END_HEADERS | END_STREAM, 2 * (50 * round + i) + 1, block(...GRPC))),
      ]),
    { reads: false },
  ],
])("%s: its clients lose their connections (%s), the others nothing", { timeout: 120_000 }, async (_what, reason, bytes, { reads = true } = {}) => {
  const folder = temporaryFolder();
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const collector = await startCollector(folder, { config: { receivers: { grpc: { engine: "lean" } }, export: { kind: "discard" } } });
  ends.push(() => collector.process.stop());
  const traffic = createTraffic({ seed: 9, now: Date.now });
  const honest = connectGrpc(collector.otlpGrpc);
  ends.push(honest.close);
  const before = (await collector.metrics()).get("process_resident_memory_bytes") ?? 0;
  const attackers = Array.from({ length: ATTACKERS }, () => attack(collector.otlpGrpc, bytes, reads));
  for (let i = 0; i < CALLS; i++) expect(await honest.call(traffic.nextRequest(SPANS))).toMatchObject({ grpcStatus: 0 });
  // The kernel tells who does not read of the end only when it has room for it.
  if (reads) await Promise.all(attackers.map(({ over }) => over));
  const endings = async () => [...(await collector.metrics())].filter(([name, count]) => name.startsWith("headgate_grpc_connections_ended_total") && count > 0);
  await waitFor("all of them to end", async () => (await endings()).reduce((sum, [, count]) => sum + count, 0) >= ATTACKERS, { timeoutMs: 60_000 });
  expect(await endings()).toEqual([[`headgate_grpc_connections_ended_total{reason="${reason}"}`, ATTACKERS]]);
  expect(await honest.call(traffic.nextRequest(SPANS))).toMatchObject({ grpcStatus: 0 });
  expect(honest.open).toBe(true);
  const metrics = await collector.metrics();
  expect(metrics.get("headgate_spans_received_total")).toBe((CALLS + 1) * SPANS);
  expect((metrics.get("process_resident_memory_bytes") ?? 0) - before).toBeLessThan(MORE_BYTES_MAX);
});
