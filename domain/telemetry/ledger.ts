/** Span totals of one collector process since its start. What was refused was never received and stands outside. */
export type LedgerTotals = { received: number; sampledOut: number; waiting: number; queued: number; delivered: number; dropped: number };

export type LedgerCheck = {
  balanced: boolean /** received minus everything accounted for: above 0 spans are missing, below 0 some were counted twice. */;
  unaccounted: number;
};

/** The law that holds at every instant a scrape can see: received = sampledOut + waiting + queued + delivered + dropped. */
export function checkLedger(totals: LedgerTotals): LedgerCheck {
  const unaccounted = totals.received - (totals.sampledOut + totals.waiting + totals.queued + totals.delivered + totals.dropped);
  return { balanced: unaccounted === 0, unaccounted };
}
