import type { SignalView } from "#domain/telemetry/delivery.ts";
import type { Measurement, SignalTotals } from "#domain/telemetry/measurement.ts";

/** Metrics and logs as a page shows them. A `base` of null is the start of the process, and a signal that was not in it counts from zero. */
export function signalViews(now: Measurement, window: { base: Measurement | null; seconds: number } | null): SignalView[] {
  return now.signals.map((totals) => {
    const { received, queued, delivered, dropped } = totals;
    return { ...totals, rates: window && rates(totals, window), balanced: received === queued + delivered + dropped };
  });
}

function rates(totals: SignalTotals, { base, seconds }: { base: Measurement | null; seconds: number }): SignalView["rates"] {
  const was = base?.signals.find(({ signal }) => signal === totals.signal);
  const perS = (total: (of: SignalTotals) => number) => Math.max(0, total(totals) - (was ? total(was) : 0)) / seconds;
  return {
    receivedPerS: perS(({ received, recovered }) => received - recovered),
    deliveredPerS: perS(({ delivered }) => delivered),
    droppedPerS: perS(({ dropped }) => dropped),
    refusedRequestsPerS: perS(({ refusedRequests }) => refusedRequests),
  };
}
