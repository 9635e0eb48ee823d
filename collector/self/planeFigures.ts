import type { KeepAllCount } from "#domain/fleet/keepAll.ts";
import type { OverlapFigures } from "#domain/sampling/overlaps.ts";
import type { DestinationFigures, HistogramSnapshot, MemoryFigures, RecordingFigures, Stage, TraceFigures } from "#domain/telemetry/measurement.ts";
import type { ArchiveFigures } from "../archive/archiveExporter.ts";
import type { ReceiverFigures } from "../security/receiverSecurity.ts";
import type { GcKind } from "./gcPauses.ts";
import type { LedgerFigures } from "./ledger.ts";
import type { HeapFigures } from "./runtime.ts";
import type { SignalFigures } from "./signalLedger.ts";

/** Since the start: counts at or below each bound of BUCKET_BOUNDS, the last is all; the sum in seconds. */
export type BucketFigures = { cumulative: number[]; count: number; sum: number };
export type TimerFigures = {
  stages: Record<Stage, BucketFigures>;
  acknowledgements: { count: number; sum: number };
  lastMinute: HistogramSnapshot;
};

/** All that is known of one data plane at one instant, read in one tick, as values that can go to another thread. */
export type PlaneFigures = {
  ledger: LedgerFigures;
  timers: TimerFigures;
  destinations: DestinationFigures[];
  /** Metrics and logs, in the order of SIGNALS. */
  signals: SignalFigures[];
  memory: MemoryFigures;
  waitingLogBytes: number;
  archive: ArchiveFigures;
  /** Null where nothing is to be recorded. */
  recording: RecordingFigures | null;
  trace: TraceFigures;
  decidedByCause: ReadonlyMap<string, number>;
  overlaps: OverlapFigures | null;
  keepAll: KeepAllCount[];
  /** By the name of each running tier, the key of what it matches. */
  tierKeys: ReadonlyMap<string, string>;
  /** By the tier's name, of the running policy. */
  ratios: ReadonlyMap<string, number>;
  /** What may be queued in memory. */
  queueCapacity: { spans: number; bytes: number };
  receivers: ReceiverFigures;
  /** Of OTLP/gRPC, by how. */
  grpcConnectionsEnded: ReadonlyMap<string, number>;
  /** Of this thread's heap. */
  heap: HeapFigures;
  /** Pauses of its garbage collection, since the start. */
  gc: Record<GcKind, BucketFigures>;
};
