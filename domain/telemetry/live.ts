import type { CarryOver } from "../fleet/carryOver.ts";
import type { Stage } from "./measurement.ts";

/** One second of one collector, or of the fleet added up. Rates are per second; `null` is a gap, never a zero. */
export type LivePoint = {
  atMs: number;
  receivedPerS: number;
  keptPerS: number;
  sampledOutPerS: number;
  droppedPerS: number;
  refusedPerS: number;
  deliveredPerS: number;
  /** Of received, the share that the sample-traffic generator sent, 0..1. */
  sampleShare: number;
  bytesReceivedPerS: number;
  bytesKeptPerS: number;
  queueSpans: number;
  queueCapacitySpans: number;
  /** Spans and traces that wait for the decision on their trace, what they hold in memory, and the bounds; all 0 where spans are decided one by one. */
  waitingSpans: number;
  waitingTraces: number;
  heldBytes: number;
  waitingSpansMax: number;
  waitingTracesMax: number;
  heldBytesMax: number;
  tracesDecidedPerS: number;
  /** Of those, the ones decided before their time, at a bound. */
  tracesDecidedEarlyPerS: number;
  /** Spans that came after the decision on their trace, and followed it. */
  lateKeptPerS: number;
  lateSampledOutPerS: number;
  rssBytes: number;
  /** Cores in use: CPU-seconds per second. */
  cpuCores: number;
  /** Acknowledgement latency percentiles of this second; null when no request ended in it. */
  ackP50Ms: number | null;
  ackP90Ms: number | null;
  ackP99Ms: number | null;
  /** Mean per request of each stage (of the decision wait: per trace); null when nothing was recorded. */
  stageMeanMs: Record<Stage, number | null>;
  costMicroUsdPerHour: number;
  /** The same formula with everything that came in kept, and without the collectors' own hours. */
  unsampledCostMicroUsdPerHour: number;
  /** Collectors that reported this second, of those expected. */
  reporting: number;
  expected: number;
};

/** Tier counts over the last full 10 seconds, fleet-wide or of one collector. */
export type TierRate = {
  name: string;
  matchedPerS: number;
  keptPerS: number;
  bytesMatchedPerS: number;
  bytesKeptPerS: number;
  /** The smallest and the largest share in force at any collector: they differ for budget tiers only. Null where no collector runs the tier. */
  ratio: { min: number; max: number } | null;
};

/** Totals since the start of each process; the ledger is checked on these, per collector. */
export type LedgerView = {
  received: number;
  sampledOut: number;
  waiting: number;
  queued: number;
  delivered: number;
  dropped: number;
  balanced: boolean;
  checkedAtMs: number;
};

/** Last 15 minutes as columns: `points[i]` is at `fromMs + i * 1000`; a gap is null. */
export type LiveHistory = { fromMs: number; stepMs: 1000; points: (LivePoint | null)[] };

export type CollectorState = "online" | "stale" | "offline";

/** A row of the fleet table and the head of a collector's page. Figures are null when the collector has not reported them lately. */
export type CollectorRow = {
  id: string;
  name: string;
  labels: Record<string, string>;
  version: string;
  state: CollectorState;
  lastSeenMs: number | null;
  connectedSinceMs: number | null;
  runningRevision: number | null;
  runningHash: string | null;
  /** Where it stands against the newest revision. */
  configState: "in-sync" | "applying" | "failed" | "behind" | "unmanaged";
  configProblem: string | null;
  receivedPerS: number | null;
  keptPerS: number | null;
  ackP99Ms: number | null;
  queueSpans: number | null;
  queueCapacitySpans: number | null;
  rssBytes: number | null;
  cpuCores: number | null;
  costMicroUsdPerHour: number | null;
  otlpGrpcEndpoint: string | null;
  otlpHttpEndpoint: string | null;
  archiveBytes: number | null;
  archiveBytesMax: number | null;
  sampleShare: number | null;
};

/** What one tab is sent over its single subscription. */
export type LiveEvent =
  | { kind: "fleet"; point: LivePoint; tiers: TierRate[]; ledger: LedgerView | null; everReceived: boolean; sampleTraffic: "running" | "stopped" }
  | { kind: "collector"; id: string; point: LivePoint; tiers: TierRate[]; ledger: LedgerView | null }
  | { kind: "collectors"; rows: CollectorRow[] }
  | {
      kind: "configReport";
      collectorId: string;
      revision: number;
      state: "applying" | "applied" | "failed";
      problem: string | null;
      tookMs: number | null;
      /** What became of waiting traces; null unless it was applied and changed the sampling policy. */
      carryOver: CarryOver | null;
    }
  | { kind: "changed"; entity: "policy" | "destination" | "revision" | "token" | "collector" | "prices" | "person" | "sampleTraffic"; id: string | null }
  | { kind: "health"; database: "up" | "down"; sinceMs: number };

export type LiveTopic = { kind: "fleet" } | { kind: "collectors" } | { kind: "collector"; id: string };
