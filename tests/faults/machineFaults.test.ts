import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { waitFor } from "../fixtures/waitFor.ts";
import { startWatchedCollector } from "./collectorProcess.ts";
import { startFaultyBackend } from "./faultyBackend.ts";
import { SDK_RETRY } from "./sdkRetry.ts";
import { startSender } from "./sender.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function backendFor() {
  const backend = await startFaultyBackend({ identify: true });
  closing.push(() => backend.close());
  return backend;
}

const walState = (metrics: ReadonlyMap<string, number>) =>
  ["off", "ok", "full", "behind", "failed"].find((state) => metrics.get(`headgate_wal_state{state="${state}"}`) === 1);

/** A small file system of its own, where that is allowed. */
function mountedTmpfs(folder: string, bytes: number): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], { stdio: "ignore" });
    closing.push(() => execFileSync("umount", ["-l", folder], { stdio: "ignore" }));
    return true;
  } catch {
    return false;
  }
}

describe("the bound of the log", () => {
  it("reached while the backend is away refuses with a delay, loses nothing, and ends by itself", { timeout: 90_000 }, async () => {
    const backend = await backendFor();
    const pipeline = { queue: { spansMax: 20_000 }, breaker: { openForMs: 1000 }, wal: { bytesMax: 16_777_216 } };
    const collector = await startWatchedCollector({ pipeline, export: { endpoint: backend.grpcUrl } });
    closing.push(() => collector.remove());
    const watch = collector.watch(100);
    backend.behaviour = { kind: "grpc", code: 14 };
    const sender = startSender({
      protocol: "grpc",
      port: collector.otlpGrpc,
      connections: 2,
      spansPerSecond: 10_000,
      spansPerRequest: 100,
      tag: 11,
      retry: SDK_RETRY,
    });
    // Requests are refused before the last byte is used, so that no client takes all of it (client_share), and at the bound whatever comes (wal_full).
    const refused = (metrics: ReadonlyMap<string, number>) =>
      ["client_share", "wal_full"].reduce((sum, reason) => sum + (metrics.get(`headgate_requests_refused_total{reason="${reason}"}`) ?? 0), 0);
    await waitFor("refusals", async () => refused((await collector.sample()).metrics) > 20, { timeoutMs: 30_000 });
    await pause(5000);
    const { metrics } = await collector.sample();
    expect(metrics.get("headgate_wal_bytes")).toBeGreaterThan(16_777_216 / 2);
    expect(metrics.get("headgate_wal_bytes")).toBeLessThanOrEqual(16_777_216);
    backend.behaviour = { kind: "ok" };
    sender.setRate(2000);
    await waitFor(
      "no refusals any more",
      async () => {
        const before = refused((await collector.sample()).metrics);
        await pause(1500);
        return refused((await collector.sample()).metrics) === before;
      },
      { timeoutMs: 40_000 },
    );
    await sender.stop();
    await collector.settled(60_000);
    await watch.stop();
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect((await collector.sample()).ledger.dropped).toBe(0);
  });
});

describe("a disk that is full", () => {
  it("is said, costs nothing that was acknowledged while the process lives, and is forgotten when there is space", { timeout: 90_000 }, async (test) => {
    const backend = await backendFor();
    const collector = await startWatchedCollector({ export: { endpoint: backend.grpcUrl } });
    closing.push(() => collector.remove());
    await collector.terminate();
    const wal = join(collector.folder, "data", "wal");
    if (!mountedTmpfs(wal, 6_000_000)) test.skip("no file system can be mounted here");
    await collector.restart({
      pipeline: { queue: { spansMax: 40_000 }, breaker: { openForMs: 1000 } },
      export: { endpoint: backend.grpcUrl },
    });
    const watch = collector.watch(100);
    backend.behaviour = { kind: "grpc", code: 14 };
    const sender = startSender({
      protocol: "grpc",
      port: collector.otlpGrpc,
      connections: 2,
      spansPerSecond: 8000,
      spansPerRequest: 100,
      tag: 12,
      retry: SDK_RETRY,
    });
    await waitFor("the failure to be known", async () => walState((await collector.sample()).metrics) === "failed", { timeoutMs: 30_000 });
    expect(collector.output()).toMatch(/write-ahead log failed/);
    expect(collector.output()).toMatch(/ENOSPC/);
    await pause(1000);
    backend.behaviour = { kind: "ok" };
    await waitFor("the log to work again", async () => walState((await collector.sample()).metrics) === "ok", { timeoutMs: 40_000 });
    await sender.stop();
    await collector.settled(60_000);
    await watch.stop();
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect((await collector.sample()).ledger.dropped).toBe(0);
    await collector.terminate();
  });
});

describe("a log that can't be written at the start", () => {
  it.each(["continue", "refuse"])("is said; with whenBroken: %s that is what happens", async (whenBroken) => {
    const backend = await backendFor();
    const config = { pipeline: { wal: { whenBroken } }, export: { endpoint: backend.grpcUrl } };
    const collector = await startWatchedCollector(config);
    closing.push(() => collector.remove());
    await collector.terminate();
    const wal = join(collector.folder, "data", "wal");
    execFileSync("rm", ["-rf", wal]);
    // A file in the place of the folder: nobody, not even root, can write into it.
    writeFileSync(wal, "");
    chmodSync(wal, 0o400);
    await collector.restart();
    const sender = startSender({ protocol: "http", port: collector.otlpHttp, connections: 1, spansPerSecond: 1000, spansPerRequest: 50, tag: 13 });
    await pause(1500);
    await sender.stop();
    const { metrics } = await collector.sample();
    expect(walState(metrics)).toBe("failed");
    if (whenBroken === "refuse") {
      expect(sender.counts.acked).toBe(0);
      expect(metrics.get('headgate_spans_refused_total{reason="wal_failed"}')).toBeGreaterThan(0);
    } else {
      expect(sender.counts.failed).toBe(0);
      await collector.settled();
      expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    }
  });
});

describe("a clock that is set back by an hour", () => {
  it("costs nothing and changes no rate", async () => {
    const backend = await backendFor();
    const folder = join(import.meta.dirname, "clockSetBack.mjs");
    const config = {
      sampling: { scope: "trace", decisionWaitMs: 500, decisionWaitAfterRootMs: 200 },
      pipeline: { wal: { waiting: true } },
      export: { endpoint: backend.grpcUrl },
    };
    const collector = await startWatchedCollector(config, { NODE_OPTIONS: `--import ${folder}`, CLOCK_SET_BACK_AFTER_MS: "2500" });
    closing.push(() => collector.remove());
    const watch = collector.watch(50);
    const sender = startSender({ protocol: "grpc", port: collector.otlpGrpc, connections: 2, spansPerSecond: 4000, spansPerRequest: 50, tag: 14 });
    await pause(5000);
    await sender.stop();
    await collector.settled();
    await watch.stop();
    expect(sender.counts.failed).toBe(0);
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect((await collector.sample()).ledger).toMatchObject({ received: sender.counts.acked, delivered: sender.counts.acked, dropped: 0 });
    expect((await collector.terminate()).code).toBe(0);
  });
});

describe("memory that runs out", () => {
  const tiers = [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } },
  ];

  it("sheds the last tier, then refuses, each counted by reason, never sheds the first, and recovers", { timeout: 120_000 }, async () => {
    const backend = await backendFor();
    backend.behaviour = { kind: "grpc", code: 14 };
    // Without a log and with a queue larger than the limit, only the limiter stands between the load and the kernel.
    const pipeline = {
      queue: { spansMax: 2_000_000, bytesMax: 1_000_000_000 },
      memory: { limitBytes: 260_000_000, softRatio: 0.8 },
      wal: { enabled: false },
      breaker: { openForMs: 1000 },
    };
    const collector = await startWatchedCollector({ sampling: { tiers }, pipeline, export: { endpoint: backend.grpcUrl } });
    closing.push(() => collector.remove());
    const watch = collector.watch(100);
    const sender = startSender({ protocol: "grpc", port: collector.otlpGrpc, connections: 4, spansPerSecond: 30_000, spansPerRequest: 300, tag: 15 });
    await waitFor("shedding", async () => ((await collector.sample()).metrics.get('headgate_spans_dropped_total{reason="shed:default"}') ?? 0) > 0, {
      timeoutMs: 60_000,
    });
    await pause(10_000);
    const worst = await collector.sample();
    expect(worst.metrics.get('headgate_spans_dropped_total{reason="shed:errors"}') ?? 0).toBe(0);
    backend.behaviour = { kind: "ok" };
    sender.setRate(3000);
    await waitFor("recovery", async () => (await collector.sample()).metrics.get('headgate_memory_state{state="ok"}') === 1, { timeoutMs: 60_000 });
    const shedBefore = (await collector.sample()).metrics.get('headgate_spans_dropped_total{reason="shed:default"}');
    await pause(3000);
    await sender.stop();
    const ledger = await collector.settled(60_000);
    const samples = await watch.stop();
    expect((await collector.sample()).metrics.get('headgate_spans_dropped_total{reason="shed:default"}')).toBe(shedBefore);
    expect(sender.acked.missingFrom(backend.ids)).toHaveLength(ledger.dropped);
    expect(Math.max(...samples.map(({ rssBytes }) => rssBytes))).toBeLessThan(330e6);
  });
});
