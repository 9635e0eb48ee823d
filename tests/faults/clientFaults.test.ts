import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import { run } from "../fixtures/childProcess.ts";
import { cleanEnvironment } from "../fixtures/environment.ts";
import { startWatchedCollector } from "./collectorProcess.ts";
import { startFaultyBackend } from "./faultyBackend.ts";
import { type Sender, type SenderCounts, startSender } from "./sender.ts";

const floodApp = join(import.meta.dirname, "..", "fixtures", "floodApp.ts");

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function p99Ms({ latency }: Sender): number {
  const all = new ExponentialHistogram();
  for (const one of latency) all.merge(one);
  return (all.quantile(0.99) ?? Number.NaN) * 1000;
}

describe("2,000 client connections, one of which sends ten times as much as all the others together", () => {
  it("leave the others their P99, and everybody their spans", { timeout: 120_000 }, async () => {
    const backend = await startFaultyBackend({ identify: true });
    closing.push(() => backend.close());
    const collector = await startWatchedCollector({ export: { endpoint: backend.grpcUrl } });
    closing.push(() => collector.remove());
    const watch = collector.watch(200);
    const many = (tag: number) =>
      startSender({ protocol: "http", port: collector.otlpHttp, connections: 1999, spansPerSecond: 2000, spansPerRequest: 5, tag, inFlightMax: 1 });
    // Once through all of them, so that connections are made before anything is measured.
    const before = many(31);
    await pause(6000);
    await before.stop();
    const alone = many(32);
    await pause(6000);
    await alone.stop();
    const flood = run(process.execPath, [floodApp, String(collector.otlpGrpc), "20000", "34"], {
      env: cleanEnvironment({}),
      isReady: (line) => line === "flooding",
    });
    await flood.ready;
    const beside = many(33);
    await pause(6000);
    await beside.stop();
    await flood.stop();
    const flooded: SenderCounts = JSON.parse(flood.output().trim().split("\n").at(-1) ?? "");
    await collector.settled();
    await watch.stop();
    for (const sender of [before, alone, beside]) expect(sender.counts.failed).toBe(0);
    expect(flooded.acked).toBeGreaterThan(60_000);
    expect((await collector.sample()).ledger.received).toBe(before.counts.acked + alone.counts.acked + beside.counts.acked + flooded.acked);
    for (const sender of [before, alone, beside]) expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    console.log(
      `P99 of 1,999 clients: ${p99Ms(alone).toFixed(1)} ms alone, ${p99Ms(beside).toFixed(1)} ms beside one that sends ${flooded.acked} spans meanwhile`,
    );
    // A ratio, above the noise of a shared machine.
    expect(p99Ms(beside)).toBeLessThan(Math.max(4 * p99Ms(alone), 400));
  });
});
