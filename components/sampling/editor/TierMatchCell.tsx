import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatPercent, formatRate } from "#components/format/formatNumber.ts";
import type { TierMatch } from "../matchingRates.ts";

/** "1,184 /s match now", its share and its cost; or why nothing can be said. */
export function TierMatchCell({ match, costMicroUsd }: { match: TierMatch; costMicroUsd: number | null }) {
  if (match.kind === "absent") return <span className="text-ink-3">{match.reason}</span>;
  return (
    <>
      <span data-slot="tier-rate">
        <b className="text-base">{formatRate(match.matchedPerS)}</b> <span className="text-ink-3">/s match</span>
      </span>
      <br />
      <span className="text-ink-3">
        {match.shareOfAll !== null && `${formatPercent(match.shareOfAll)} of spans`}
        {match.shareOfAll !== null && costMicroUsd !== null && " · "}
        {costMicroUsd !== null && `${formatMicroUsd(costMicroUsd)}/h`}
      </span>
    </>
  );
}
