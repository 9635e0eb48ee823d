import type { CollectorConfig } from "../fleet/collectorConfig.ts";
import type { Problem } from "../validation/problems.ts";

export type Shared = { ok: true; config: CollectorConfig } | { ok: false; problems: Problem[] };

/**
 * What each of `workers` equal threads runs, so that together they stay within the configuration: every bound and every rate divided, everything else as it is. Problems, with
 * their paths, where a share would be too small to work with.
 */
export function shareSettings(config: CollectorConfig, workers: number): Shared {
  if (workers === 1) return { ok: true, config };
  const { sampling, pipeline } = config;
  const { receive, batch, queue, delivery, wal, signals, recording } = pipeline;
  const share = (value: number) => Math.floor(value / workers);
  const problems: Problem[] = [];
  const need = (path: string, value: number, min: number, why: string) => {
    if (share(value) < min) problems.push({ path, message: `must be at least ${min * workers} with ${workers} workers, ${why}, got ${value}` });
  };
  need("pipeline.queue.spansMax", queue.spansMax, 1, "which share it");
  need("pipeline.queue.bytesMax", queue.bytesMax, 65_536, "which share it");
  need("pipeline.receive.concurrentRequestsMax", receive.concurrentRequestsMax, 1, "which share it");
  if (wal.enabled) need("pipeline.wal.bytesMax", wal.bytesMax, 1_048_576, "which share it");
  if (signals.enabled) {
    need("pipeline.signals.itemsMax", signals.itemsMax, 1, "which share it");
    need("pipeline.signals.bytesMax", signals.bytesMax, 65_536, "which share it");
    if (wal.enabled) need("pipeline.signals.walBytesMax", signals.walBytesMax, 1_048_576, "which share it");
  }
  if (recording.enabled) need("pipeline.recording.bytesMax", recording.bytesMax, 1_048_576, "which share it");
  if (sampling.scope === "trace") {
    need("sampling.tracesMax", sampling.tracesMax, 1, "which share it");
    need("sampling.spansMax", sampling.spansMax, 1, "which share it");
    need("sampling.bytesMax", sampling.bytesMax, 2 * receive.requestBytesMax, "each of which has to hold twice pipeline.receive.requestBytesMax");
  }
  if (problems.length > 0) return { ok: false, problems };
  const tiers = sampling.tiers.map((tier) =>
    tier.keep.kind === "budget" ? { ...tier, keep: { ...tier.keep, spansPerSecond: tier.keep.spansPerSecond / workers } } : tier,
  );
  return {
    ok: true,
    config: {
      ...config,
      sampling:
        sampling.scope === "trace"
          ? {
              ...sampling,
              tiers,
              tracesMax: share(sampling.tracesMax),
              spansMax: share(sampling.spansMax),
              bytesMax: share(sampling.bytesMax),
              decisionCache: { ...sampling.decisionCache, entriesMax: share(sampling.decisionCache.entriesMax) },
            }
          : { ...sampling, tiers },
      pipeline: {
        ...pipeline,
        receive: { ...receive, concurrentRequestsMax: share(receive.concurrentRequestsMax) },
        batch: { ...batch, growWhenQueueAbove: Math.max(1, share(batch.growWhenQueueAbove)), shrinkWhenQueueBelow: share(batch.shrinkWhenQueueBelow) },
        delivery: { ...delivery, concurrency: Math.ceil(delivery.concurrency / workers) },
        queue: { spansMax: share(queue.spansMax), bytesMax: share(queue.bytesMax) },
        wal: { ...wal, bytesMax: share(wal.bytesMax) },
        signals: { ...signals, itemsMax: share(signals.itemsMax), bytesMax: share(signals.bytesMax), walBytesMax: share(signals.walBytesMax) },
        recording: { ...recording, bytesMax: share(recording.bytesMax), spansPerSecondMax: recording.spansPerSecondMax / workers },
      },
      export: config.export.kind === "archive" ? { ...config.export, bytesMax: share(config.export.bytesMax) } : config.export,
    },
  };
}
