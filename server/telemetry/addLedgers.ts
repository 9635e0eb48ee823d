import type { LedgerView } from "#domain/telemetry/live.ts";

/** The fleet's ledger balances when each collector's does. Null when there is none. */
export function addLedgers(ledgers: readonly LedgerView[]): LedgerView | null {
  if (ledgers.length === 0) return null;
  return ledgers.reduce((sum, one) => ({
    received: sum.received + one.received,
    recovered: sum.recovered + one.recovered,
    sampledOut: sum.sampledOut + one.sampledOut,
    waiting: sum.waiting + one.waiting,
    queued: sum.queued + one.queued,
    delivered: sum.delivered + one.delivered,
    dropped: sum.dropped + one.dropped,
    balanced: sum.balanced && one.balanced,
    checkedAtMs: Math.max(sum.checkedAtMs, one.checkedAtMs),
  }));
}
