import type { ReasonRate, ReasonRates } from "#domain/telemetry/delivery.ts";
import type { Measurement } from "#domain/telemetry/measurement.ts";

/** Reasons that are told one by one; the rest are added up as "others (N)". */
export const REASONS_MAX = 24;

type Counts = Measurement["droppedByReason"];

/** Refusals and drops by every reason of one collector: rates against `base` (null: against zero), and totals. */
export function reasonRates(now: Measurement, base: Measurement | null, seconds: number): ReasonRates {
  return {
    refused: rates(now.refusedByReason, base?.refusedByReason ?? [], seconds),
    dropped: rates(now.droppedByReason, base?.droppedByReason ?? [], seconds),
  };
}

/** Of one or more collectors, added up by reason, as pages are told: the most frequent first, what never happened left out, and bounded. */
export function toldReasons(all: readonly ReasonRates[]): ReasonRates {
  return { refused: told(added(all.flatMap(({ refused }) => refused))), dropped: told(added(all.flatMap(({ dropped }) => dropped))) };
}

function rates(now: Counts, base: Counts, seconds: number): ReasonRate[] {
  const bases = new Map(base.map((one) => [one.reason, one]));
  const since = (total: number, was: number) => (total >= was ? total - was : total) / seconds;
  return now.map(({ reason, spans, requests }) => {
    const was = bases.get(reason);
    return { reason, spansPerS: since(spans, was?.spans ?? 0), requestsPerS: since(requests, was?.requests ?? 0), spans, requests };
  });
}

function added(all: readonly ReasonRate[]): ReasonRate[] {
  const sums = new Map<string, ReasonRate>();
  for (const one of all) {
    const sum = sums.get(one.reason);
    sums.set(one.reason, sum ? plus(sum, one) : one);
  }
  return [...sums.values()];
}

function plus(a: ReasonRate, b: ReasonRate): ReasonRate {
  return {
    reason: a.reason,
    spansPerS: a.spansPerS + b.spansPerS,
    requestsPerS: a.requestsPerS + b.requestsPerS,
    spans: a.spans + b.spans,
    requests: a.requests + b.requests,
  };
}

function told(all: readonly ReasonRate[]): ReasonRate[] {
  const some = all
    .filter(({ spans, requests }) => spans > 0 || requests > 0)
    .sort((a, b) => b.spansPerS - a.spansPerS || b.requestsPerS - a.requestsPerS || b.spans - a.spans || (a.reason < b.reason ? -1 : 1));
  if (some.length <= REASONS_MAX) return some;
  const rest = some.slice(REASONS_MAX - 1);
  return [...some.slice(0, REASONS_MAX - 1), { ...rest.reduce(plus), reason: `others (${rest.length})` }];
}
