import { runCase } from "../support/runCase.ts";
import { STATED } from "../support/stated.ts";
import { inMs, underLoad } from "../support/underLoad.ts";

const BACKEND_MS = 60;
const stated = STATED.adaptiveBatching;
/** Below what small batches manage, then above it, then below again. */
const RATES = [
  { spansPerSecond: 2_000, share: 0.1 },
  { spansPerSecond: 45_000, share: 0.4 },
  { spansPerSecond: 2_000, share: 0.5 },
];

/** The same queue and workers in both; the write-ahead log is off, so that only the size of the batches differs. */
const common = { queue: { spansMax: 100_000 }, delivery: { concurrency: 4 }, wal: { enabled: false } };
const PIPELINE = {
  bad: { ...common, batch: { sizeMin: 512, sizeMax: 512, timeoutMs: 250 } },
  cured: { ...common, batch: { sizeMin: 512, sizeMax: 8_192, timeoutMs: 250, growWhenQueueAbove: 10_000, shrinkWhenQueueBelow: 1_000 } },
};

await runCase({
  number: 6,
  title: "adaptive batching: data lost at peak",
  bad: `batches of 512, always; 2,000 spans/s with a peak of 45,000, ${BACKEND_MS} ms a call at the backend`,
  cured: "batches of 512 to 8,192 that double above 10,000 queued spans and halve below 1,000; the same load and backend",
  secondsDefault: 40,
  measures: [
    { key: "throughput", name: "throughput, best 5 s", unit: "spans/s", stated: stated.throughputPerSecond },
    { key: "arrivedP99", name: "due until at the backend, P99", unit: "ms", stated: stated.latencyP99Ms },
    { key: "ackP99", name: "request latency P99, retries included", unit: "ms" },
    { key: "lost", name: "spans lost: given up by clients, or no room for them", unit: "% of due", digits: 2, stated: stated.dataLossPercent },
    { key: "batchMin", name: "smallest batch size in force", unit: "spans" },
    { key: "batchMax", name: "largest batch size in force", unit: "spans" },
    { key: "batchEnd", name: "batch size at the end", unit: "spans" },
  ],
  async phase(which, seconds) {
    const load = { pipeline: PIPELINE[which], connections: 20, spansPerRequest: 100, backendMs: BACKEND_MS, rates: RATES };
    const { acknowledged, arrived, peakPerSecond, counts, lostAfterAck, samples } = await underLoad(load, seconds);
    const sizes = samples.map(({ metrics }) => metrics.get("headgate_batch_size_spans") ?? Number.NaN);
    return {
      throughput: peakPerSecond,
      arrivedP99: inMs(arrived, 0.99),
      ackP99: inMs(acknowledged, 0.99),
      lost: ((counts.failed + counts.notSent + lostAfterAck) / Math.max(1, counts.sent + counts.notSent)) * 100,
      batchMin: Math.min(...sizes),
      batchMax: Math.max(...sizes),
      batchEnd: sizes.at(-1) ?? null,
    };
  },
});
