import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatPercent, formatRate } from "#components/format/formatNumber.ts";
import { costMicroUsdPerHour, type LivePrice } from "#domain/cost/livePrice.ts";
import type { TierEstimate } from "#domain/sampling/estimateChange.ts";

type TierMatchCellProps = { tier: TierEstimate | undefined; matchedPerS: number; price: LivePrice | undefined };

/** "1,184 /s match" now, its share, and what keeping its part costs; or that nothing can be said before it runs. */
export function TierMatchCell({ tier, matchedPerS, price }: TierMatchCellProps) {
  if (!tier) return <span className="text-ink-3">no live counts</span>;
  if (tier.matchedPerS === null) {
    return (
      <span className="text-ink-3" title={tier.reason ?? undefined}>
        not known
        <br />
        before it runs
      </span>
    );
  }
  const bytes = tier.bytesKeptAfterPerS;
  // While what is typed is wrong, what it would cost is nothing to show.
  const right = tier.ratioAfter === null || (tier.ratioAfter >= 0 && tier.ratioAfter <= 1);
  const cost = price !== undefined && bytes !== null && Number.isFinite(bytes) && right ? costMicroUsdPerHour(price, bytes, 0) : null;
  return (
    <>
      <span data-slot="tier-rate">
        <b className="text-base">{formatRate(tier.matchedPerS)}</b> <span className="text-ink-3">/s match</span>
      </span>
      <br />
      <span className="text-ink-3">
        {matchedPerS > 0 && `${formatPercent(tier.matchedPerS / matchedPerS)} of spans`}
        {matchedPerS > 0 && cost !== null && " · "}
        {cost !== null && `${tier.atMost ? "up to " : ""}${formatMicroUsd(cost)}/h`}
      </span>
    </>
  );
}
