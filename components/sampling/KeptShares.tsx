import { formatPercent } from "#components/format/formatNumber.ts";
import { Panel } from "#components/ui/Panel.tsx";
import type { PolicyChangeEstimate } from "#domain/sampling/estimateChange.ts";

const COLOURS = ["bg-s1", "bg-s2", "bg-s3", "bg-s4", "bg-s5"];

/** Which tiers what is kept comes from, once each tier's share is known; the smallest are taken together. */
export function KeptShares({ estimate }: { estimate: PolicyChangeEstimate }) {
  const all = estimate.after?.keptPerS ?? 0;
  if (estimate.after === null || all <= 0) return null;
  const tiers = estimate.tiers.map((tier) => ({ name: tier.name, share: (tier.keptAfterPerS ?? 0) / all }));
  const largest = [...tiers].sort((a, b) => b.share - a.share).slice(0, COLOURS.length);
  const shown = tiers.filter((tier) => largest.includes(tier)).map((tier, index) => ({ ...tier, colour: COLOURS[index] }));
  const others = tiers.length - shown.length;
  const rest = 1 - shown.reduce((sum, tier) => sum + tier.share, 0);
  const parts = others > 0 ? [...shown, { name: `others (${others})`, share: Math.max(0, rest), colour: "bg-sampled" }] : shown;
  return (
    <Panel title="Share of what is kept">
      <div aria-hidden="true" className="mt-1 flex h-[14px] gap-px overflow-hidden rounded-chip">
        {parts.map((part) => (
          <span key={part.name} className={part.colour} style={{ width: `${part.share * 100}%` }} />
        ))}
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1 text-s text-ink-2">
        {parts.map((part) => (
          <li key={part.name} className="flex min-w-0 items-center gap-1.5">
            <span aria-hidden="true" className={`size-[8px] shrink-0 rounded-[2px] ${part.colour}`} />
            <span className="truncate">{part.name}</span> <span className="num">{formatPercent(part.share)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
