import type { CarryOver } from "../fleet/carryOver.ts";
import type { OverlapFigures } from "../sampling/overlaps.ts";
import type { CollectorDelivery, DeliveryChange, ReasonRates, RowDelivery } from "./delivery.ts";
import type { RecordingFigures, Stage } from "./measurement.ts";

/** One second of one collector, or of the fleet added up. Rates are per second; `null` is a gap, never a zero. */
export type LivePoint = {
  atMs: number;
  /** Accepted from senders; what a process read back from its log at a start is not in it. */
  receivedPerS: number;
  keptPerS: number;
  sampledOutPerS: number;
  droppedPerS: number;
  /** Of dropped, what was shed by tier because memory was tight. */
  shedPerS: number;
  refusedPerS: number;
  deliveredPerS: number;
  /** Of received, the share that the sample-traffic generator sent, 0..1. */
  sampleShare: number;
  bytesReceivedPerS: number;
  bytesKeptPerS: number;
  /** Held in memory for delivery, and how much that may be. What waits in a log alone (`walOnlySpans`) comes on top. */
  queueSpans: number;
  queueCapacitySpans: number;
  /** Batches sent again, and tries of any kind that failed in a way that allows another. */
  retriesPerS: number;
  failedTriesPerS: number;
  /** Of all breakers (one for each destination of each collector), how many are not closed. */
  breakersOpen: number;
  breakersHalfOpen: number;
  breakersAll: number;
  /** Write-ahead logs that are on, and of those the ones that are full, behind or failed. */
  logs: number;
  logsInTrouble: number;
  walBytes: number;
  walBytesMax: number;
  /** Of the oldest span in any log that is not delivered. */
  walAgeMs: number;
  walOnlySpans: number;
  /** The smallest and the largest size of a batch in force, and the bounds that they adapt within; null where no collector says. */
  batchSize: { smallest: number; largest: number; min: number; max: number } | null;
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
  /** Where memory is tight and where it is full, added up; null as long as one collector doesn't say. */
  memorySoftBytes: number | null;
  memoryLimitBytes: number | null;
  /** Collectors above the soft mark, and collectors at the limit. */
  memoryTight: number;
  memoryFull: number;
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
  /** Of received, what came back from the log at a start. */
  recovered: number;
  sampledOut: number;
  waiting: number;
  queued: number;
  delivered: number;
  dropped: number;
  balanced: boolean;
  checkedAtMs: number;
};

/** Last 15 minutes as columns: `points[i]` is at `fromMs + i * 1000`; a gap is null. */
export type LiveHistory = {
  fromMs: number;
  stepMs: 1000;
  points: (LivePoint | null)[];
  /** Of breakers, logs and memory, oldest first; the oldest are left out where there were more than can be kept, and counted. */
  changes: DeliveryChange[];
  changesLeftOut: number;
  /** Of one collector, what it said last; null for the fleet, and when it has not said anything since this server started. */
  delivery: CollectorDelivery | null;
};

/** What a collector's runtime takes at present; of several threads what can be added is, of delays and pauses the longest counts. */
export type RowRuntime = {
  heapUsedBytes: number;
  heapTotalBytes: number;
  /** Outside of the heap, buffers included. */
  externalBytes: number;
  arrayBuffersBytes: number;
  eventLoopDelayP50Ms: number;
  eventLoopDelayP99Ms: number;
  /** Of each second, what garbage collection takes, and its longest pause. */
  gcMsPerS: number;
  gcLongestMs: number;
  threads: number | null;
  openFiles: number | null;
};

/** What a collector has recorded for replays; `off` where recording is turned off, and of one that is too old to record. */
export type RowRecording = ({ kind: "on" } & RecordingFigures) | { kind: "off" };

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
  /** Where it stands against what it shall run. */
  configState: "in-sync" | "applying" | "failed" | "behind" | "unmanaged";
  configProblem: string | null;
  /** Null for the moment between a collector's first connection and the next look at its labels. */
  group: { id: string; name: string } | null;
  /** Further groups whose selector matches it, the next in order first. */
  otherGroups: { id: string; name: string }[];
  assignedRevision: number | null;
  /** It runs a revision of its own until then; null when it runs its group's. */
  overriddenUntilMs: number | null;
  /** The live rollout that it belongs to, and the stage with which it was changed; null as long as it was not. */
  rollout: { number: number; stage: number | null } | null;
  receivedPerS: number | null;
  keptPerS: number | null;
  ackP99Ms: number | null;
  queueSpans: number | null;
  queueCapacitySpans: number | null;
  rssBytes: number | null;
  cpuCores: number | null;
  /** Null as well of a collector that is too old to say. */
  runtime: RowRuntime | null;
  costMicroUsdPerHour: number | null;
  otlpGrpcEndpoint: string | null;
  otlpHttpEndpoint: string | null;
  archiveBytes: number | null;
  archiveBytesMax: number | null;
  sampleShare: number | null;
  delivery: RowDelivery | null;
  recording: RowRecording | null;
};

/** What one tab is sent over its single subscription. */
export type LiveEvent =
  | {
      kind: "fleet";
      point: LivePoint;
      tiers: TierRate[];
      /** Of the last minute, added up over collectors whose tiers match alike; those with most spans first. */
      overlaps: OverlapFigures[];
      reasons: ReasonRates;
      ledger: LedgerView | null;
      everReceived: boolean;
      sampleTraffic: "running" | "stopped";
    }
  | { kind: "collector"; id: string; point: LivePoint; tiers: TierRate[]; ledger: LedgerView | null; delivery: CollectorDelivery }
  /** Changes noticed since the last such event, of the collectors that the tab watches. */
  | { kind: "delivery"; seq: number; changes: DeliveryChange[] }
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
  | {
      kind: "changed";
      entity:
        | "policy"
        | "destination"
        | "pipeline"
        | "revision"
        | "group"
        | "token"
        | "apiToken"
        | "approval"
        | "webhook"
        | "breakGlass"
        | "collector"
        | "prices"
        | "person"
        | "signOn"
        | "shadow"
        | "sampleTraffic"
        | "rollout"
        | "changesHold"
        | "audit";
      id: string | null;
    }
  | { kind: "health"; database: "up" | "down"; sinceMs: number };

export type LiveTopic = { kind: "fleet" } | { kind: "collectors" } | { kind: "collector"; id: string };
