import { runCase } from "../support/runCase.ts";
import { STATED } from "../support/stated.ts";
import { inMs, underLoad } from "../support/underLoad.ts";

/** What a backend over a network takes to store a batch; the same in both phases. */
const BACKEND_MS = 40;
const SPANS_PER_SECOND = 20_000;
const stated = STATED.highLatency;

/** The case's settings before and after. The write-ahead log is off in both, so that only queue, batches and workers differ. */
const PIPELINE = {
  bad: { batch: { sizeMin: 100, sizeMax: 100, timeoutMs: 1000 }, queue: { spansMax: 10_000 }, delivery: { concurrency: 4 }, wal: { enabled: false } },
  cured: { batch: { sizeMin: 5_000, sizeMax: 10_000, timeoutMs: 1000 }, queue: { spansMax: 100_000 }, delivery: { concurrency: 16 }, wal: { enabled: false } },
};

await runCase({
  number: 1,
  title: "high latency: a queue too small and batches of 100",
  bad: `queue of 10,000 spans, batches of 100, 4 workers; ${SPANS_PER_SECOND} spans/s, ${BACKEND_MS} ms a call at the backend`,
  cured: "queue of 100,000 spans, batches of 5,000 to 10,000, 16 workers; the same load and backend",
  secondsDefault: 30,
  measures: [
    { key: "ackP99", name: "request latency P99, retries included", unit: "ms", stated: stated.latencyP99Ms },
    { key: "ackP50", name: "request latency P50, retries included", unit: "ms", digits: 1, stated: stated.latencyP50Ms },
    { key: "arrivedP99", name: "due until at the backend, P99", unit: "ms" },
    { key: "throughput", name: "throughput, best 5 s", unit: "spans/s", stated: stated.throughputPerSecond },
    { key: "cpu", name: "CPU of the collector", unit: "% of a core", stated: stated.cpuPercent },
    { key: "cpuPerMillion", name: "CPU for a million spans delivered", unit: "s", digits: 2 },
    { key: "errors", name: "requests refused", unit: "% of tries", digits: 2, stated: stated.errorPercent },
    { key: "lost", name: "spans that clients gave up or had no room for", unit: "% of due", digits: 2 },
  ],
  async phase(which, seconds) {
    const load = {
      pipeline: PIPELINE[which],
      connections: 20,
      spansPerRequest: 100,
      backendMs: BACKEND_MS,
      rates: [{ spansPerSecond: SPANS_PER_SECOND, share: 1 }],
    };
    const { acknowledged, arrived, peakPerSecond, cpuPercent, errorPercent, counts, lostAfterAck } = await underLoad(load, seconds);
    return {
      ackP99: inMs(acknowledged, 0.99),
      ackP50: inMs(acknowledged, 0.5),
      arrivedP99: inMs(arrived, 0.99),
      throughput: peakPerSecond,
      cpu: cpuPercent,
      cpuPerMillion: ((cpuPercent / 100) * seconds * 1e6) / Math.max(1, counts.acked),
      errors: errorPercent,
      lost: ((counts.failed + counts.notSent + lostAfterAck) / Math.max(1, counts.sent + counts.notSent)) * 100,
    };
  },
});
