import { setTimeout as pause } from "node:timers/promises";
import { AckedSpans } from "#tests/faults/ackedSpans.ts";
import { BatchSpanProcessor, SDK_PROCESSOR } from "#tests/faults/batchSpanProcessor.ts";
import { startWatchedCollector, type WatchedCollector } from "#tests/faults/collectorProcess.ts";
import { startFaultyBackend } from "#tests/faults/faultyBackend.ts";
import { createKnownRequests } from "#tests/faults/knownRequests.ts";
import { createGrpcClient } from "#tests/faults/otlpClient.ts";
import { processUsage } from "#tests/faults/processUsage.ts";
import { type Measured, runCase } from "../support/runCase.ts";
import { STATED } from "../support/stated.ts";
import { backlogSeconds, isBadSecond, repairSeconds } from "./recovery.ts";
import { Service } from "./service.ts";

const SERVICES = 20;
const SERVICE = { requestsPerSecond: 50, spansPerRequest: 25, workers: 50, workMs: 20, slowMs: 500 };
const SPANS_PER_SECOND = SERVICES * SERVICE.requestsPerSecond * SERVICE.spansPerRequest;
const TICK_MS = 10;
const LOOK_MS = 100;
/** The memory that the collector's container has: over it the process is killed, as the kernel would, and comes back after a while. */
const CONTAINER_BYTES = 300e6;
const RESTART_MS = 5_000;
/** Shares of the time: the backend is dead for two fifths of it. */
const HEALTHY_SHARE = 0.1;
const DEAD_SHARE = 0.4;
const QUEUE_NORMAL_SPANS = 20_000;
const SETTLE_MS = 60_000;
const stated = STATED.cascadingFailure;

const PIPELINE = {
  bad: {
    batch: { timeoutMs: 200 },
    queue: { spansMax: 100_000_000, bytesMax: 68_719_476_736 },
    retry: { initialMs: 100, maxMs: 5_000, maxElapsedMs: 86_400_000, budgetRatio: 1, budgetFloorPerSecond: 1_000 },
    delivery: { concurrency: 64 },
    breaker: { failureThreshold: 1_000_000 },
    memory: { limitBytes: 1_099_511_627_776 },
    wal: { enabled: false },
  },
  cured: {
    batch: { timeoutMs: 200 },
    queue: { spansMax: 50_000, bytesMax: 33_554_432 },
    breaker: { failureThreshold: 5, openForMs: 3_000, probes: 1 },
    memory: { limitBytes: 268_435_456 },
    wal: { enabled: true },
  },
};

/** Kills a collector that takes more than its container has, and starts it again. */
function guardContainer(collector: WatchedCollector) {
  let going = true;
  /** Of `away`, performance.now() from a kill until the next start. */
  const figures = { peakBytes: 0, away: [] as { fromMs: number; toMs: number }[] };
  const guarding = (async () => {
    while (going) {
      const { rssBytes } = processUsage(collector.pid);
      if (rssBytes > figures.peakBytes) figures.peakBytes = rssBytes;
      if (rssBytes > CONTAINER_BYTES) {
        const fromMs = performance.now();
        await collector.kill();
        await pause(RESTART_MS);
        await collector.restart();
        figures.away.push({ fromMs, toMs: performance.now() });
      }
      await pause(LOOK_MS);
    }
  })();
  return {
    figures,
    stop() {
      going = false;
      return guarding;
    },
  };
}

function startServices(port: number) {
  const acked = new AckedSpans(1);
  const requests = createKnownRequests(1, 7);
  let next = 0;
  const takeIds = (spans: number) => {
    next += spans;
    return next - spans;
  };
  const processors = Array.from(
    { length: SERVICES },
    () => new BatchSpanProcessor({ client: createGrpcClient(port), requests, acked, takeIds, random: Math.random }),
  );
  const services = processors.map((processor) => new Service(SERVICE, processor, SDK_PROCESSOR.queueMax));
  const startedAt = performance.now();
  let before = startedAt;
  const ticking = setInterval(() => {
    const now = performance.now();
    for (const service of services) service.tick(now, now - before, Math.floor((now - startedAt) / 1000));
    before = now;
  }, TICK_MS);
  return {
    services,
    processors,
    acked,
    startedAt,
    async stop() {
      clearInterval(ticking);
      await Promise.all(processors.map((processor) => processor.shutdown()));
    },
  };
}

await runCase({
  number: 7,
  title: "cascading failure: a backend dies",
  bad: `no breaker, no write-ahead log, no memory limit, unbounded queue, unbudgeted retries; ${SERVICES} services with ${SPANS_PER_SECOND} spans/s in all, a container of ${CONTAINER_BYTES / 1e6} MB`,
  cured: "breaker, write-ahead log, bounded queue, memory limit of 256 MiB, retry budget of a tenth; the same services, container and outage",
  secondsDefault: 60,
  measures: [
    { key: "outage", name: "the backend is dead for", unit: "s" },
    { key: "repair", name: "from its failure until services and collector are normal", unit: "s", digits: 1 },
    { key: "repairMinutes", name: "the same", unit: "min", digits: 2, stated: stated.repairMinutes },
    { key: "backlog", name: "from its return until what had piled up is delivered", unit: "s", digits: 1 },
    { key: "availability", name: "availability of the services from the failure on", unit: "% of requests", digits: 2, stated: stated.availabilityPercent },
    { key: "affected", name: "services affected", unit: `of ${SERVICES}` },
    { key: "kills", name: "the collector was out of memory", unit: "times" },
    { key: "lost", name: "acknowledged spans that never arrived", unit: "spans" },
    { key: "dropped", name: "spans that SDKs dropped or gave up", unit: "spans" },
    { key: "duplicates", name: "spans that arrived again", unit: "spans" },
    { key: "tries", name: "calls at the dead backend", unit: "1/s", digits: 1 },
    { key: "peak", name: "peak memory of the collector", unit: "MB" },
  ],
  async phase(which, seconds): Promise<Measured> {
    const backend = await startFaultyBackend({ identify: true });
    const collector = await startWatchedCollector({ pipeline: PIPELINE[which], export: { endpoint: backend.grpcUrl } });
    const guard = guardContainer(collector);
    try {
      const watch = collector.watch(200);
      const running = startServices(collector.otlpGrpc);
      await pause(seconds * HEALTHY_SHARE * 1000);
      const failedS = (performance.now() - running.startedAt) / 1000;
      const callsBefore = backend.callsTotal;
      backend.behaviour = { kind: "grpc", code: 14 };
      await pause(seconds * DEAD_SHARE * 1000);
      const triesWhileDead = backend.callsTotal - callsBefore;
      backend.behaviour = { kind: "ok" };
      const returnedUnixMs = Date.now();
      await pause(seconds * (1 - HEALTHY_SHARE - DEAD_SHARE) * 1000);
      const endS = (performance.now() - running.startedAt) / 1000;
      const endUnixMs = Date.now();
      await guard.stop();
      await running.stop();
      await collector.settled(SETTLE_MS);
      const samples = await watch.stop();
      const since = running.services.map((service) => service.seconds.slice(Math.ceil(failedS), Math.floor(endS)));
      const all = since.flat();
      const repair = repairSeconds({ ...running, away: guard.figures.away }, failedS, endS);
      return {
        outage: seconds * DEAD_SHARE,
        repair,
        repairMinutes: repair === null ? null : repair / 60,
        backlog: backlogSeconds(samples, returnedUnixMs, endUnixMs, QUEUE_NORMAL_SPANS),
        availability: (all.reduce((sum, { ok }) => sum + ok, 0) / all.reduce((sum, one) => sum + one.all, 0)) * 100,
        affected: since.filter((seconds) => seconds.some(isBadSecond)).length,
        kills: guard.figures.away.length,
        lost: running.acked.missingFrom(backend.ids).length,
        dropped: running.processors.reduce((sum, { counts }) => sum + counts.dropped + counts.failed, 0),
        duplicates: backend.ids.duplicates,
        tries: triesWhileDead / (seconds * DEAD_SHARE),
        peak: guard.figures.peakBytes / 1e6,
      };
    } finally {
      await guard.stop();
      await collector.remove();
      await backend.close();
    }
  },
});
