import { setTimeout as pause } from "node:timers/promises";
import { findTrend } from "#domain/trends/findTrend.ts";
import { startWatchedCollector, type WatchedSample } from "#tests/faults/collectorProcess.ts";
import { startFaultyBackend } from "#tests/faults/faultyBackend.ts";
import { startSender } from "#tests/faults/sender.ts";
import { type Measured, runCase } from "../support/runCase.ts";
import { STATED } from "../support/stated.ts";

const SPANS_PER_SECOND = 10_000;
const SAMPLE_MS = 250;
/** The case's own: killed at 8 GB. */
const LIMIT_BYTES = 8e9;
const DAY_S = 86_400;
const CURED_WAIT_MS = 3_000;
/** A process grows at its start, and in trace scope until its decision wait is over once; what comes before is not looked at. */
const WARM_UP_SHARE = 1 / 3;
const stated = STATED.memoryLeak;

/** The product has no unbounded cache; this is as near as its settings come: spans wait an hour, with bounds far beyond the machine. */
const CONFIG = {
  bad: {
    sampling: {
      scope: "trace",
      decisionWaitMs: 3_600_000,
      decisionWaitAfterRootMs: 3_600_000,
      tracesMax: 2_000_000,
      spansMax: 5_000_000,
      bytesMax: 68_719_476_736,
    },
    pipeline: { memory: { limitBytes: 1_099_511_627_776 }, wal: { enabled: false } },
  },
  cured: {
    sampling: { scope: "trace", decisionWaitMs: CURED_WAIT_MS, tracesMax: 100_000, spansMax: 100_000, bytesMax: 134_217_728 },
    pipeline: { memory: { limitBytes: 536_870_912 }, wal: { enabled: true, waiting: true } },
  },
};

function trendOf(samples: readonly WatchedSample[]): Measured {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const trend = findTrend(
    steady.map(({ atMs, rssBytes }) => ({ atMs, value: rssBytes })),
    { limit: LIMIT_BYTES },
  );
  process.stdout.write(
    `  memory is ${trend.kind}: p = ${trend.pValue.toPrecision(2)}, ${(trend.slopePerS / 1000).toFixed(1)} kB/s (${(trend.low / 1000).toFixed(1)} to ${(trend.high / 1000).toFixed(1)})\n`,
  );
  if (trend.kind === "tooShort") return {};
  const isRising = trend.kind === "rising";
  const now = steady[steady.length - 1].rssBytes;
  const sinceStartS = (steady[steady.length - 1].atMs - samples[0].atMs) / 1000;
  const limitInS = (trend.reachesLimitInMs ?? Number.POSITIVE_INFINITY) / 1000;
  return {
    isLeak: isRising ? 1 : 0,
    slope: trend.slopePerS / 1000,
    limitInMinutes: limitInS / 60,
    now: now / 1e6,
    afterDay: (now + (isRising ? trend.slopePerS * (DAY_S - sinceStartS) : 0)) / 1e6,
    killsPerDay: DAY_S / (limitInS + sinceStartS),
  };
}

await runCase({
  number: 2,
  title: "memory leak: what waits without a bound",
  bad: `trace scope with a decision wait of an hour and bounds beyond the machine, no memory limit, no log; ${SPANS_PER_SECOND} spans/s`,
  cured: "decision wait of 3 s, bounded traces, spans and bytes, memory limit of 512 MiB, what waits is in the write-ahead log; the same load",
  secondsDefault: 60,
  measures: [
    { key: "isLeak", name: "leak found by the trend detector (1: yes)", unit: "" },
    { key: "slope", name: "slope of resident memory", unit: "kB/s", digits: 1 },
    { key: "limitInMinutes", name: "forecast: 8 GB reached in", unit: "min", digits: 1 },
    { key: "now", name: "resident memory at the end", unit: "MB" },
    { key: "afterDay", name: "forecast: memory after 24 h", unit: "MB", stated: stated.memoryAfterDayMb },
    { key: "killsPerDay", name: "forecast: out-of-memory kills", unit: "1/day", digits: 1, stated: stated.killsPerDay },
    { key: "lostAtKill", name: "acknowledged spans lost when killed at the end", unit: "spans" },
    { key: "lostAtKillPercent", name: "of all acknowledged in the phase", unit: "%", digits: 2, stated: stated.dataLossPercent },
  ],
  async phase(which, seconds) {
    const backend = await startFaultyBackend({ identify: true });
    const { sampling, pipeline } = CONFIG[which];
    const collector = await startWatchedCollector({ sampling, pipeline, export: { endpoint: backend.grpcUrl } });
    try {
      const watch = collector.watch(SAMPLE_MS);
      const sender = startSender({
        protocol: "grpc",
        port: collector.otlpGrpc,
        connections: 4,
        spansPerSecond: SPANS_PER_SECOND,
        spansPerRequest: 100,
        tag: 1,
      });
      await pause(seconds * 1000);
      const trend = trendOf(await watch.stop());
      await sender.stop();
      await collector.kill();
      await collector.restart();
      // Twice the decision wait of the cured phase: what came back is decided and delivered by then. The bad one has nothing that could come back.
      await pause(2 * CURED_WAIT_MS);
      if (which === "cured") await collector.settled();
      const lost = sender.acked.missingFrom(backend.ids).length;
      return { ...trend, lostAtKill: lost, lostAtKillPercent: (lost / sender.acked.spans) * 100 };
    } finally {
      await collector.remove();
      await backend.close();
    }
  },
});
