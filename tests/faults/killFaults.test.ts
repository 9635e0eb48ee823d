import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";
import { startWatchedCollector } from "./collectorProcess.ts";
import { startFaultyBackend } from "./faultyBackend.ts";
import { SDK_RETRY } from "./sdkRetry.ts";
import { startSender } from "./sender.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Kills the collector every three to five seconds while spans come and the backend comes and goes. */
async function underKills(config: (endpoint: string) => unknown, forMs: number, spansPerSecond: number) {
  const random = new Xoshiro128(7);
  const backend = await startFaultyBackend({ identify: true });
  closing.push(() => backend.close());
  const collector = await startWatchedCollector(config(backend.grpcUrl));
  closing.push(() => collector.remove());
  const watch = collector.watch(100);
  const sender = startSender({ protocol: "grpc", port: collector.otlpGrpc, connections: 4, spansPerSecond, spansPerRequest: 50, tag: 7, retry: SDK_RETRY });
  let kills = 0;
  for (const until = performance.now() + forMs; performance.now() < until; kills++) {
    backend.behaviour = kills % 3 === 1 ? { kind: "grpc", code: 14 } : { kind: "ok" };
    await pause(3000 + random.float() * 2000);
    await collector.kill();
    await collector.restart();
  }
  backend.behaviour = { kind: "ok" };
  await sender.stop();
  await collector.settled(60_000);
  await watch.stop();
  return { backend, sender, kills };
}

const fast = { batch: { timeoutMs: 100 }, retry: { initialMs: 20, maxMs: 200 }, breaker: { openForMs: 500 } };

describe("kill -9 every few seconds under load", () => {
  it("for a minute loses nothing that was acknowledged", { timeout: 180_000 }, async () => {
    const { backend, sender, kills } = await underKills((endpoint) => ({ pipeline: fast, export: { endpoint } }), 60_000, 10_000);
    expect(kills).toBeGreaterThan(8);
    expect(sender.counts.acked).toBeGreaterThan(100_000);
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    // At least once: what was delivered in the last tenth of a second before a kill, or was under way, comes again.
    const share = backend.ids.duplicates / backend.ids.size;
    console.log(`${kills} kills: ${sender.counts.acked} spans acknowledged, 0 lost, ${backend.ids.duplicates} delivered twice (${(share * 100).toFixed(2)}%)`);
    expect(share).toBeLessThan(0.2);
  });

  it("in trace scope with wal.waiting loses nothing that waited either", { timeout: 120_000 }, async () => {
    const sampling = { scope: "trace", decisionWaitMs: 1000, decisionWaitAfterRootMs: 300 };
    const { backend, sender, kills } = await underKills(
      (endpoint) => ({ sampling, pipeline: { ...fast, wal: { waiting: true } }, export: { endpoint } }),
      25_000,
      5000,
    );
    expect(kills).toBeGreaterThan(3);
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    console.log(`${kills} kills in trace scope: ${sender.counts.acked} spans acknowledged, 0 lost, ${backend.ids.duplicates} delivered twice`);
  });
});
