import type { Signal } from "#domain/pipeline/signals.ts";
import type { DestinationFigures } from "#domain/telemetry/measurement.ts";
import { countReason, type ReasonTotals } from "./ledger.ts";

type Counters = Omit<SignalLedger, "droppedByReason" | "refusedByReason" | "accept" | "recover" | "deliver" | "drop" | "refuse" | "figures">;

/** All that is known of one signal that is passed through, as values that can go to another thread. */
export type SignalFigures = Counters & {
  signal: Signal;
  droppedByReason: ReadonlyMap<string, ReasonTotals>;
  refusedByReason: ReadonlyMap<string, ReasonTotals>;
  /** Undefined: none was ever opened, since nothing takes the signal. */
  destination: DestinationFigures | undefined;
};

/**
 * Where the items of one signal (data points, log records) went, as totals since the process started: received = queued + delivered + dropped, between any two ticks. Refused requests
 * were never received.
 */
export class SignalLedger {
  received = 0;
  queued = 0;
  delivered = 0;
  dropped = 0;
  /** Items of refused requests, where they could be counted. */
  refused = 0;
  refusedRequests = 0;
  /** Of `received`, what came back from the write-ahead log. */
  recovered = 0;
  requests = 0;
  bytesReceived = 0;
  /** Of accepted requests, as protobuf and decompressed. */
  bytesAccepted = 0;
  bytesDelivered = 0;
  failedTries = 0;
  readonly droppedByReason = new Map<string, ReasonTotals>();
  readonly refusedByReason = new Map<string, ReasonTotals>();

  /** One request. */
  accept(items: number, bytes: number): void {
    this.requests++;
    this.received += items;
    this.queued += items;
    this.bytesAccepted += bytes;
  }

  /** A process before this one received them. */
  recover(items: number): void {
    this.received += items;
    this.recovered += items;
    this.queued += items;
  }

  deliver(items: number, bytes: number): void {
    this.queued -= items;
    this.delivered += items;
    this.bytesDelivered += bytes;
  }

  drop(reason: string, items: number): void {
    this.queued -= items;
    this.dropped += items;
    countReason(this.droppedByReason, reason, items);
  }

  /** One request, of which nothing was received. */
  refuse(reason: string, items: number): void {
    this.refused += items;
    this.refusedRequests++;
    countReason(this.refusedByReason, reason, items);
  }

  figures(): Omit<SignalFigures, "signal" | "destination"> {
    const { droppedByReason, refusedByReason, ...counters } = this;
    const copied = (reasons: ReadonlyMap<string, ReasonTotals>) => new Map(Array.from(reasons, ([reason, counts]) => [reason, { ...counts }]));
    return { ...counters, droppedByReason: copied(droppedByReason), refusedByReason: copied(refusedByReason) };
  }
}
