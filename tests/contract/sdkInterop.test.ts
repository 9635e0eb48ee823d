import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CountingSink, startCountingSink } from "#tests/fixtures/countingSink.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { ENGINES, type Engine } from "#tests/fixtures/grpcEngines.ts";
import { type CollectorRun, startCollector } from "#tests/fixtures/managedCollector.ts";
import { unaccounted } from "#tests/fixtures/metrics.ts";
import { missingSdk, SDK_PEERS, sendWithSdk } from "#tests/fixtures/sdkPeers.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";

// The SDKs bring gRPC of their own: grpc-js, grpcio (C++), grpc-go and grpc-java.

const TRACES = 1000;
let folder: string;
let sink: CountingSink;
const collectors = new Map<Engine, CollectorRun>();

beforeAll(async () => {
  folder = temporaryFolder();
  sink = await startCountingSink();
  for (const engine of ENGINES) {
    const own = join(folder, engine);
    mkdirSync(own);
    const config = { receivers: { grpc: { engine } }, pipeline: { batch: { timeoutMs: 100 } }, export: { endpoint: `http://127.0.0.1:${sink.grpcPort}` } };
    collectors.set(engine, await startCollector(own, { config }));
  }
});
afterAll(async () => {
  for (const one of collectors.values()) await one.process.stop();
  await sink?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(SDK_PEERS.map((peer) => [peer.language, peer] as const))("the OpenTelemetry SDK for %s", (_language, peer) => {
  it.for([
    ["grpc", "none", "node"],
    ["grpc", "gzip", "node"],
    ["grpc", "none", "lean"],
    ["grpc", "gzip", "lean"],
    ["http", "none", "lean"],
    ["http", "gzip", "lean"],
  ] as const)(
    "sends over %s with compression %s, engine %s, and each of its spans arrives",
    { timeout: 300_000 },
    async ([protocol, compression, engine], context) => {
      const missing = missingSdk(peer);
      if (missing !== undefined) return context.skip(missing);
      const collector = collectors.get(engine);
      if (collector === undefined) throw new Error(`no collector with ${engine}`);
      const before = await collector.ledger();
      const endpoint = `http://127.0.0.1:${protocol === "grpc" ? collector.otlpGrpc : collector.otlpHttp}`;
      const ids = await sendWithSdk(peer, { protocol, endpoint, traces: TRACES, compression });
      expect(new Set(ids).size).toBe(2 * TRACES);
      await waitFor("all of its spans at the backend", () => ids.every((id) => sink.spans.has(id)), { timeoutMs: 60_000 });
      const ledger = await collector.ledger();
      expect([ledger.received - before.received, ledger.refused - before.refused, ledger.dropped, unaccounted(ledger)]).toEqual([2 * TRACES, 0, 0, 0]);
    },
  );
});
