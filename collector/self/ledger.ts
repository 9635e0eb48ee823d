/** Names of tiers that get a counter of their own; with every renamed tier the set grows, so further names are counted as one. */
export const TIER_NAMES_MAX = 256;
export const OTHER_TIERS = "(other)";

/** `id` is its place in `tierList`, by which hot paths know it. */
export type TierTotals = { id: number; name: string; kept: number; sampledOut: number; bytesKept: number; bytesSampledOut: number };
export type ReasonTotals = { spans: number; requests: number };

/** All counters of a ledger at one instant. */
export type LedgerFigures = Pick<
  Ledger,
  | "received"
  | "sampledOut"
  | "waiting"
  | "queued"
  | "delivered"
  | "dropped"
  | "refused"
  | "refusedRequests"
  | "sampleReceived"
  | "recovered"
  | "kept"
  | "requests"
  | "bytesReceived"
  | "bytesKept"
  | "bytesDelivered"
  | "failedTries"
> & {
  droppedByReason: ReadonlyMap<string, ReasonTotals>;
  refusedByReason: ReadonlyMap<string, ReasonTotals>;
  /** In the order in which their names were first seen. */
  tiers: readonly Omit<TierTotals, "id">[];
};

/** One accepted request, as the sampler counted it; `tierX[i]` belongs to the i-th tier of the policy that decided. */
export type CountedRequest = {
  spans: number;
  kept: number;
  bytesKept: number;
  tierKept: Float64Array;
  tierSampledOut: Float64Array;
  tierBytesKept: Float64Array;
  tierBytesSampledOut: Float64Array;
};

/**
 * Where every span went, as totals since the process started: received = sampledOut + waiting + queued + delivered + dropped, between any two ticks.
 * Refused requests were never received and stand apart. Nothing here is ever reset.
 */
export class Ledger {
  received = 0;
  sampledOut = 0;
  /** Spans waiting for their trace's decision, or, that taken, for room in the queue. None in span scope. */
  waiting = 0;
  queued = 0;
  delivered = 0;
  dropped = 0;
  refused = 0;
  refusedRequests = 0;
  sampleReceived = 0;
  /** Of `received`, what came back from the write-ahead log. */
  recovered = 0;
  kept = 0;
  requests = 0;
  bytesReceived = 0;
  bytesKept = 0;
  bytesDelivered = 0;
  failedTries = 0;
  readonly droppedByReason = new Map<string, ReasonTotals>();
  readonly refusedByReason = new Map<string, ReasonTotals>();
  readonly tiers = new Map<string, TierTotals>();
  readonly tierList: TierTotals[] = [];

  /** The counters of a policy's tiers, in its order. A name that was counted before goes on where it stood. */
  tiersOf(names: readonly string[]): TierTotals[] {
    return names.map((name) => this.#tier(name));
  }

  accept(request: CountedRequest, tiers: readonly TierTotals[], isSample: boolean): void {
    const out = request.spans - request.kept;
    this.received += request.spans;
    this.sampledOut += out;
    this.queued += request.kept;
    this.kept += request.kept;
    this.requests++;
    this.bytesKept += request.bytesKept;
    if (isSample) this.sampleReceived += request.spans;
    for (let i = 0; i < tiers.length; i++) {
      const tier = tiers[i];
      tier.kept += request.tierKept[i];
      tier.sampledOut += request.tierSampledOut[i];
      tier.bytesKept += request.tierBytesKept[i];
      tier.bytesSampledOut += request.tierBytesSampledOut[i];
    }
  }

  /** Spans, of a request or of a part of one, that wait from now on. */
  acceptWaiting(spans: number, isSample: boolean): void {
    this.received += spans;
    this.waiting += spans;
    if (isSample) this.sampleReceived += spans;
  }

  /** Waiting spans that a tier decided against. */
  sampleOutWaiting(tierId: number, spans: number, bytes: number): void {
    this.waiting -= spans;
    this.sampledOut += spans;
    const tier = this.tierList[tierId];
    tier.sampledOut += spans;
    tier.bytesSampledOut += bytes;
  }

  /** Waiting spans that a tier keeps and the queue has taken. */
  queueWaiting(tierId: number, spans: number, bytes: number): void {
    this.waiting -= spans;
    this.queued += spans;
    this.kept += spans;
    this.bytesKept += bytes;
    const tier = this.tierList[tierId];
    tier.kept += spans;
    tier.bytesKept += bytes;
  }

  /** Waiting spans that a tier keeps, but that are lost on purpose because memory runs out. */
  shedWaiting(tierId: number, spans: number, bytes: number): void {
    this.queueWaiting(tierId, spans, bytes);
    this.drop(shedReason(this.tierList[tierId].name), spans);
  }

  /** Spans that were received by a process before this one, and come back from the write-ahead log. */
  recover(spans: number): void {
    this.received += spans;
    this.recovered += spans;
    this.queued += spans;
  }

  /** Likewise, back from the log of what waits for a decision. */
  recoverWaiting(spans: number): void {
    this.received += spans;
    this.recovered += spans;
    this.waiting += spans;
  }

  /** Waiting spans that are lost before the queue could take them. */
  dropWaiting(reason: string, spans: number): void {
    this.waiting -= spans;
    this.dropped += spans;
    countReason(this.droppedByReason, reason, spans);
  }

  deliver(spans: number, bytes: number): void {
    this.queued -= spans;
    this.delivered += spans;
    this.bytesDelivered += bytes;
  }

  drop(reason: string, spans: number): void {
    this.queued -= spans;
    this.dropped += spans;
    countReason(this.droppedByReason, reason, spans);
  }

  /** `spans` is 0 where a request was turned away before its spans could be counted. */
  refuse(reason: string, spans: number): void {
    this.refused += spans;
    this.refusedRequests++;
    countReason(this.refusedByReason, reason, spans);
  }

  figures(): LedgerFigures {
    const { droppedByReason, refusedByReason, tiers: _tiers, tierList, ...totals } = this;
    const copied = (reasons: ReadonlyMap<string, ReasonTotals>) => new Map(Array.from(reasons, ([reason, counts]) => [reason, { ...counts }]));
    return {
      ...totals,
      droppedByReason: copied(droppedByReason),
      refusedByReason: copied(refusedByReason),
      tiers: tierList.map(({ id: _id, ...tier }) => tier),
    };
  }

  #tier(name: string): TierTotals {
    const known = this.tiers.get(name);
    if (known !== undefined) return known;
    if (this.tiers.size >= TIER_NAMES_MAX && name !== OTHER_TIERS) return this.#tier(OTHER_TIERS);
    const tier = { id: this.tierList.length, name, kept: 0, sampledOut: 0, bytesKept: 0, bytesSampledOut: 0 };
    this.tiers.set(name, tier);
    this.tierList.push(tier);
    return tier;
  }
}

/** Tier names are bounded, and so are these. */
export function shedReason(tier: string): string {
  return `shed:${tier}`;
}

/** One more occurrence of a reason; their names are few and fixed, or bounded by whoever makes them. */
export function countReason(totals: Map<string, ReasonTotals>, reason: string, spans: number): void {
  const known = totals.get(reason);
  if (known === undefined) totals.set(reason, { spans, requests: 1 });
  else {
    known.spans += spans;
    known.requests++;
  }
}
