import { setTimeout as pause } from "node:timers/promises";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import { startWatchedCollector, type WatchedSample } from "#tests/faults/collectorProcess.ts";
import { type FaultyBackend, startFaultyBackend } from "#tests/faults/faultyBackend.ts";
import { SDK_RETRY } from "#tests/faults/sdkRetry.ts";
import { type Sender, type SenderCounts, startSender } from "#tests/faults/sender.ts";

export type Load = {
  pipeline: Record<string, unknown>;
  sampling?: Record<string, unknown>;
  connections: number;
  spansPerRequest: number;
  /** How long the backend takes for a call. */
  backendMs: number;
  /** Spans per second in turn, each for a share of the time. */
  rates: readonly { spansPerSecond: number; share: number }[];
};

export type LoadResult = {
  counts: SenderCounts;
  samples: readonly WatchedSample[];
  /** From when a request was due until it was acknowledged, retries included, and until its spans were at the backend; seconds. */
  acknowledged: ExponentialHistogram;
  arrived: ExponentialHistogram;
  /** Most spans a second that the backend took, over any 5 s. */
  peakPerSecond: number;
  /** Spans that were acknowledged and never came to the backend. */
  lostAfterAck: number;
  cpuPercent: number;
  /** Calls of clients that were not acknowledged, of all. */
  errorPercent: number;
};

const RATE_WINDOW_MS = 5_000;
const SETTLE_MS = 60_000;

/** A collector, a backend of a certain slowness and clients with the retry behaviour of the SDK, for so many seconds. */
export async function underLoad(load: Load, seconds: number): Promise<LoadResult> {
  const backend = await startFaultyBackend({ identify: true });
  backend.behaviour = { kind: "ok", delayMs: load.backendMs };
  const collector = await startWatchedCollector({ sampling: load.sampling, pipeline: load.pipeline, export: { endpoint: backend.grpcUrl } });
  try {
    const watch = collector.watch(250);
    const first = await collector.sample();
    const sender = startSender({
      protocol: "grpc",
      port: collector.otlpGrpc,
      connections: load.connections,
      spansPerSecond: load.rates[0].spansPerSecond,
      spansPerRequest: load.spansPerRequest,
      tag: 1,
      retry: SDK_RETRY,
    });
    for (const { spansPerSecond, share } of load.rates) {
      sender.setRate(spansPerSecond);
      await pause(seconds * share * 1000);
    }
    const last = await collector.sample();
    await sender.stop();
    await collector.settled(SETTLE_MS);
    const samples = await watch.stop();
    return result(sender, backend, samples, first, last);
  } finally {
    await collector.remove();
    await backend.close();
  }
}

function result(sender: Sender, backend: FaultyBackend, samples: readonly WatchedSample[], first: WatchedSample, last: WatchedSample): LoadResult {
  const acknowledged = new ExponentialHistogram();
  for (const one of sender.latency) acknowledged.merge(one);
  const accepted = [...sender.answers].reduce((sum, [answer, times]) => sum + (answer === "grpc 0" ? times : 0), 0);
  return {
    counts: sender.counts,
    samples,
    acknowledged,
    arrived: sender.acked.arrivalDelays(backend.ids),
    peakPerSecond: peakPerSecond(backend),
    lostAfterAck: sender.acked.missingFrom(backend.ids).length,
    cpuPercent: ((last.cpuSeconds - first.cpuSeconds) / (last.atMs - first.atMs)) * 100_000,
    errorPercent: sender.counts.tries === 0 ? 0 : (1 - accepted / sender.counts.tries) * 100,
  };
}

function peakPerSecond(backend: FaultyBackend): number {
  const { calls } = backend;
  let most = 0;
  let inWindow = 0;
  for (let from = 0, to = 0; to < calls.length; to++) {
    inWindow += calls[to].spans;
    for (; calls[to].atMs - calls[from].atMs > RATE_WINDOW_MS; from++) inWindow -= calls[from].spans;
    most = Math.max(most, inWindow);
  }
  return (most * 1000) / RATE_WINDOW_MS;
}

export const inMs = (histogram: ExponentialHistogram, q: number) => {
  const seconds = histogram.quantile(q);
  return seconds === null ? null : seconds * 1000;
};
