import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { SIGNALS } from "#domain/pipeline/signals.ts";
import { systemClock } from "../clock.ts";
import { RepeatedErrors } from "../repeatedErrors.ts";
import { httpUrlFor } from "./otlpPaths.ts";
import { encodeNumbered, encodeRequest, numbersIn } from "./signalTestData.ts";
import { SignalWay } from "./signalWay.ts";

let folder: string;
let backend: { server: Server; url: string; status: number; got: number[]; paths: Set<string> };
const ways: SignalWay[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "headgate-signals-"));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      if (backend.status === 200) backend.got.push(...numbersIn("logs", Buffer.concat(chunks)));
      backend.paths.add(request.url ?? "");
      response.writeHead(backend.status, { "content-type": "application/x-protobuf" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  backend = { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, status: 200, got: [], paths: new Set() };
});
afterEach(async () => {
  for (const way of ways.splice(0)) await way.drain(0);
  backend.server.closeAllConnections();
  await new Promise<void>((resolve) => backend.server.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

function config(input: object) {
  const quick = { batch: { timeoutMs: 5 }, breaker: { openForMs: 20 }, retry: { initialMs: 1, maxMs: 5 } };
  const { pipeline = {}, ...rest } = input as { pipeline?: object };
  const parsed = parseCollectorConfig({ pipeline: { ...quick, ...pipeline }, ...rest });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

async function openWay(input: object): Promise<SignalWay> {
  const clock = systemClock;
  const errors = new RepeatedErrors(clock, () => {});
  const relief = { afterStart() {}, collect() {}, received() {} };
  const way = new SignalWay("logs", { dataDir: folder, clock, random: Math.random, errors, relief, log: () => {} });
  ways.push(way);
  await way.use(config(input));
  return way;
}

const offer = async (way: SignalWay, first: number, count: number) => {
  const bytes = encodeNumbered("logs", first, count);
  return way.accept(bytes, 0, bytes.length);
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

function balanced(way: SignalWay) {
  const { received, queued, delivered, dropped } = way.figures();
  expect(received).toBe(queued + delivered + dropped);
  return { received, queued, delivered, dropped };
}

describe("a signal's way", () => {
  it("sends several requests on as one, and counts each", async () => {
    const way = await openWay({ pipeline: { batch: { timeoutMs: 300 } }, export: { endpoint: backend.url, protocol: "http" } });
    for (let i = 0; i < 10; i++) expect(await offer(way, i * 20, 20)).toEqual({ ok: true });
    await until(() => backend.got.length === 200);
    await until(() => way.figures().delivered === 200);
    expect(backend.got).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(balanced(way)).toMatchObject({ received: 200, queued: 0 });
    expect(way.figures()).toMatchObject({ requests: 10, bytesDelivered: way.figures().bytesAccepted, destination: { name: "signal.logs", wal: "ok" } });
    expect(backend.paths).toEqual(new Set(["/v1/logs"]));
  });

  it("never holds more than its bound, in items and in bytes, and says how many it refused", async () => {
    backend.status = 503;
    const signals = { itemsMax: 100, bytesMax: 65_536 };
    const way = await openWay({ pipeline: { wal: { enabled: false }, signals }, export: { endpoint: backend.url, protocol: "http" } });
    const answers = [];
    for (let i = 0; i < 150; i++) answers.push(await offer(way, i, 1));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(100);
    expect(answers.at(-1)).toMatchObject({ ok: false, reason: "queue_full", retryAfterMs: 1000 });
    expect(balanced(way)).toEqual({ received: 100, queued: 100, delivered: 0, dropped: 0 });
    expect(way.figures()).toMatchObject({ refused: 50, refusedRequests: 50, destination: { memoryBytes: way.figures().bytesAccepted } });
    expect(way.fill()).toBe(1);
    expect(await offer(way, 0, 101)).toMatchObject({ ok: false, reason: "too_large", retryAfterMs: undefined });
  });

  it("with its log full refuses, and takes again once there is room", async () => {
    backend.status = 503;
    const way = await openWay({
      pipeline: { signals: { walBytesMax: 16_777_216 }, wal: { fsync: "never" } },
      export: { endpoint: backend.url, protocol: "http" },
    });
    const body = { stringValue: "x".repeat(1_000_000) };
    const offerLarge = async (number: number) => {
      const logRecords = [{ body, attributes: [{ key: "number", value: { intValue: String(number) } }] }];
      const bytes = encodeRequest("logs", { resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
      return way.accept(bytes, 0, bytes.length);
    };
    let taken = 0;
    let answer = await offerLarge(0);
    for (; answer.ok; answer = await offerLarge(taken)) taken++;
    expect(answer).toMatchObject({ reason: "wal_full", retryAfterMs: 1000 });
    expect(taken).toBeGreaterThan(10);
    expect(balanced(way)).toMatchObject({ received: taken, queued: taken });
    backend.status = 200;
    await until(() => way.figures().queued === 0);
    expect(new Set(backend.got).size).toBe(taken);
    await until(() => (way.figures().destination?.walBytes ?? 0) < 8_000_000);
    expect(await offerLarge(taken)).toEqual({ ok: true });
  });

  it("keeps what is queued while the destination does not take it, refuses more, and delivers it to the next one that does", async () => {
    backend.status = 503;
    const way = await openWay({ export: { endpoint: backend.url, protocol: "http" } });
    for (let i = 0; i < 5; i++) expect((await offer(way, i * 10, 10)).ok).toBe(true);
    await way.use(config({ export: { kind: "archive" } }));
    expect(await offer(way, 50, 10)).toMatchObject({ ok: false, reason: "not_taken", retryAfterMs: undefined });
    await until(() => way.figures().destination?.lastFailure.includes("the archive holds traces only") === true);
    expect(balanced(way)).toMatchObject({ queued: 50, dropped: 0 });
    backend.status = 200;
    await way.use(config({ export: { endpoint: `${backend.url}/otlp/v1/traces`, protocol: "http" } }));
    await until(() => way.figures().delivered === 50);
    expect([...backend.got].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(backend.paths.has("/otlp/v1/logs")).toBe(true);
    expect((await offer(way, 50, 10)).ok).toBe(true);
  });

  it("keeps what its log holds over a start with a destination that does not take it", async () => {
    backend.status = 503;
    const first = await openWay({ export: { endpoint: backend.url, protocol: "http" } });
    expect((await offer(first, 0, 30)).ok).toBe(true);
    await first.drain(10);
    const second = await openWay({ export: { kind: "archive" } });
    expect(balanced(second)).toMatchObject({ received: 30, queued: 30 });
    expect(second.figures().recovered).toBe(30);
    await second.drain(10);
    backend.status = 200;
    const third = await openWay({ export: { endpoint: backend.url, protocol: "http" } });
    await until(() => third.figures().delivered === 30);
    expect(balanced(third)).toEqual({ received: 30, queued: 0, delivered: 30, dropped: 0 });
  });

  it("drops and counts at a stop what has no log", async () => {
    backend.status = 503;
    const way = await openWay({ pipeline: { wal: { enabled: false } }, export: { endpoint: backend.url, protocol: "http" } });
    expect((await offer(way, 0, 30)).ok).toBe(true);
    await way.drain(20);
    expect(balanced(way)).toMatchObject({ queued: 0, dropped: 30 });
    expect(way.figures().droppedByReason.get("shutdown")).toMatchObject({ spans: 30 });
  });

  it("leaves nothing on the disk where nothing takes it, or it is turned off", async () => {
    const archive = await openWay({ export: { kind: "archive" } });
    const off = await openWay({ pipeline: { signals: { enabled: false } }, export: { endpoint: backend.url } });
    expect(await offer(archive, 0, 1)).toMatchObject({ reason: "not_taken" });
    expect(await offer(off, 0, 1)).toMatchObject({ reason: "not_taken", message: expect.stringContaining("pipeline.signals.enabled") });
    expect(existsSync(path.join(folder, "wal"))).toBe(false);
  });
});

describe("httpUrlFor", () => {
  it.each([
    ["http://h:4318", ["http://h:4318/v1/metrics", "http://h:4318/v1/logs"]],
    ["http://h:4318/v1/traces", ["http://h:4318/v1/metrics", "http://h:4318/v1/logs"]],
    ["https://h/api/v1/traces?key=a", ["https://h/api/v1/metrics?key=a", "https://h/api/v1/logs?key=a"]],
    ["https://h/custom", [undefined, undefined]],
  ])("of %s", (endpoint, urls) => {
    expect(SIGNALS.map((signal) => httpUrlFor(endpoint, signal)?.href)).toEqual(urls);
    expect(httpUrlFor(endpoint, "traces")?.href).toBe(endpoint === "http://h:4318" ? "http://h:4318/v1/traces" : endpoint);
  });
});
