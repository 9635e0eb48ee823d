import type { BreakerState, DestinationFigures, MemoryFigures, SignalTotals, WalState } from "./measurement.ts";

export type MemoryState = MemoryFigures["state"];
export type { BreakerState, WalState } from "./measurement.ts";

/** States of a log in which requests are refused or at risk. */
export function isLogInTrouble(state: WalState): state is LogTrouble["state"] {
  return state === "full" || state === "behind" || state === "failed";
}

/** Reasons of drops that shedding by tier gives: `shed:` and the name of the tier. */
export const SHED_PREFIX = "shed:";

/** What became different from one measurement to the next, at our clock. */
export type DeliveryChange = {
  atMs: number;
  collectorId: string;
  collectorName: string;
  /** Empty where memory is meant, which all destinations share. */
  destination: string;
  /** Of a breaker what the backend said last, of a log why it is not well. */
  reason: string;
} & (
  | { kind: "breaker"; state: BreakerState /** More than 1 when it opened several times between two measurements. */; times: number }
  | { kind: "wal"; state: WalState }
  | { kind: "memory"; state: MemoryState }
);

/** Over the last 10 seconds, and in all since the start of each process. Where spans could not be counted, only requests are. */
export type ReasonRate = { reason: string; spansPerS: number; requestsPerS: number; spans: number; requests: number };
export type ReasonRates = { refused: ReasonRate[]; dropped: ReasonRate[] };

/** Times by our clock; `logFullInMs`: when the log is at its bound if it goes on growing as over the last 10 seconds; null when it does not grow. */
export type DestinationView = DestinationFigures & {
  logFullInMs: number | null;
  /** Since when the breaker has not been closed, over all its probes; null while it is. */
  notClosedSinceMs: number | null;
};
/** Rates over the last 10 seconds; null without anything to compare with. What a process read back from its log is not received. */
export type SignalView = SignalTotals & {
  rates: { receivedPerS: number; deliveredPerS: number; droppedPerS: number; refusedRequestsPerS: number } | null;
  balanced: boolean;
};
/** What a collector said last about its delivery. */
export type CollectorDelivery = ReasonRates & { atMs: number; destinations: DestinationView[]; signals: SignalView[]; memory: MemoryFigures };

export type OpenBreaker = {
  destination: string;
  state: "open" | "half-open";
  /** Since when it has not been closed, whatever it was in between. */
  sinceMs: number;
  lastFailure: string;
  queuedSpans: number;
  /** Null where it has no log. */
  log: { bytes: number; bytesMax: number; fullInMs: number | null } | null;
};
export type LogTrouble = { destination: string; state: "full" | "behind" | "failed"; problem: string };

/** What a row of the fleet table knows of delivery: only what is not as it should be. */
export type RowDelivery = { breakers: OpenBreaker[]; logs: LogTrouble[]; memory: MemoryState };
