import { afterEach, beforeEach, expect, it } from "vitest";
import { startWatchedCollector, type WatchedCollector } from "./collectorProcess.ts";
import { type FaultyBackend, startFaultyBackend } from "./faultyBackend.ts";
import { processUsage } from "./processUsage.ts";
import { startSender } from "./sender.ts";

let backend: FaultyBackend;
let collector: WatchedCollector;
beforeEach(async () => {
  backend = await startFaultyBackend({ identify: true });
  collector = await startWatchedCollector({ pipeline: { batch: { timeoutMs: 50 } }, export: { endpoint: backend.grpcUrl } });
});
afterEach(async () => {
  await collector.remove();
  await backend.close();
});

const senderFor = (tag: number) => startSender({ protocol: "grpc", port: collector.otlpGrpc, connections: 2, spansPerSecond: 5000, spansPerRequest: 100, tag });

it("a watched collector delivers every span that was acknowledged, its ledger is checked at every scrape, and its use of the machine is seen", async () => {
  const watch = collector.watch(50);
  const sender = senderFor(1);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await sender.stop();
  const ledger = await collector.settled();
  const samples = await watch.stop();
  expect(ledger).toMatchObject({ received: sender.counts.acked, delivered: sender.counts.acked, dropped: 0 });
  expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
  expect(samples.length).toBeGreaterThan(2);
  const last = samples[samples.length - 1];
  expect(last.rssBytes).toBeGreaterThan(30e6);
  expect(Math.abs(last.rssBytes / (last.metrics.get("process_resident_memory_bytes") ?? 0) - 1)).toBeLessThan(0.2);
  expect(last.cpuSeconds).toBeGreaterThan(0.1);
});

it("a killed collector comes back on the same ports and data, and the watch goes on", async () => {
  const watch = collector.watch(50);
  const before = collector.pid;
  await collector.kill();
  expect(processUsage(before).rssBytes).toBeNaN();
  await collector.restart();
  expect(collector.pid).not.toBe(before);
  const sender = senderFor(2);
  await backend.reached(500);
  await sender.stop();
  const ledger = await collector.settled();
  const samples = await watch.stop();
  expect(ledger.received).toBe(sender.counts.acked);
  expect(samples.some((sample) => sample.ledger.received > 0)).toBe(true);
  expect(await collector.terminate()).toEqual({ code: 0, signal: null });
});
