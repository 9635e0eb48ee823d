"use client";

import { formatBytes } from "#components/format/formatBytes.ts";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatRate } from "#components/format/formatNumber.ts";
import { cx } from "#components/ui/cx.ts";
import type { PolicyChangeEstimate } from "#domain/sampling/estimateChange.ts";
import { changeInWords, computation, reasonsOf, shareChange, shareInWords } from "./changeInWords.ts";

type EstimateTableProps = { estimate: PolicyChangeEstimate; beforeLabel: string; afterLabel: string };

/** Before, after and change of volume, cost and each tier's share; what isn't known is a dash, and the reason stands below. */
export function EstimateTable({ estimate, beforeLabel, afterLabel }: EstimateTableProps) {
  const { before, after, tiers } = estimate;
  const unknown = tiers.filter((tier) => !tier.exact);
  const totals = [
    { name: "Kept, spans/s", before: before.keptPerS, after: after?.keptPerS ?? null, show: formatRate },
    { name: "Kept, bytes/s", before: before.bytesKeptPerS, after: after?.bytesKeptPerS ?? null, show: formatBytes },
    { name: "Cost per hour", before: before.costMicroUsdPerHour, after: after?.costMicroUsdPerHour ?? null, show: formatMicroUsd },
  ];
  return (
    <div>
      <table className="w-full table-fixed border-collapse text-left" data-slot="estimate">
        <caption className="sr-only">What applying it would change</caption>
        <thead>
          <tr className="text-s text-ink-3">
            <th scope="col" className="px-3 py-1 font-medium">
              <span className="sr-only">Figure</span>
            </th>
            <th scope="col" className="w-[84px] truncate px-2 py-1 text-right font-medium" title={beforeLabel}>
              {beforeLabel}
            </th>
            <th scope="col" className="w-[78px] truncate px-2 py-1 text-right font-medium">
              {afterLabel}
            </th>
            <th scope="col" className="w-[82px] px-3 py-1 text-right font-medium">
              change
            </th>
          </tr>
        </thead>
        <tbody className="num">
          {totals.map((row) => {
            const change = changeInWords(row.before, row.after);
            return (
              <Row
                key={row.name}
                name={row.name}
                before={row.show(row.before)}
                after={row.show(row.after)}
                change={change.text}
                look={change.direction === "less" ? "text-ok" : change.direction === "more" ? "text-warn" : "text-ink-3"}
              />
            );
          })}
          {tiers.map((tier) => {
            const change = shareChange(tier.ratioBefore, tier.ratioAfter);
            return (
              <Row
                key={tier.name}
                name={`${tier.name} kept`}
                before={shareInWords(tier.ratioBefore, tier.keepBefore)}
                after={`${tier.atMost ? "up to " : ""}${shareInWords(tier.ratioAfter, tier.keepAfter)}`}
                change={change}
                look={change === "same" || change === "—" ? "text-ink-3" : "text-ink"}
              />
            );
          })}
        </tbody>
      </table>
      {unknown.length > 0 && (
        <div className="px-3 pt-2 text-s">
          <p className="text-warn">▲ The total can't be known before it runs.</p>
          <ul className="text-ink-2">
            {reasonsOf(unknown).map(({ reason, names }) => (
              <li key={reason}>
                <b>{names.length === tiers.length && names.length > 1 ? "All tiers" : names.join(", ")}</b>: {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
      <details className="px-3 pt-2 text-s">
        <summary className="text-ink-2 underline decoration-line-strong underline-offset-2">How was this computed?</summary>
        <div className="mt-1.5 flex flex-col gap-1.5 text-ink-2">
          <p>
            From the spans that each running tier matched in the last full 10 seconds, on all connected collectors together. A tier of the new policy that
            provably matches the same spans keeps matched × ratio of them, or what its budget allows; nothing is extrapolated from samples. Which trace is kept
            follows from its id alone, so every collector decides alike.
          </p>
          <ul className="num">
            {tiers.map((tier) => (
              <li key={tier.name}>
                {tier.name}: {computation(tier)}
              </li>
            ))}
          </ul>
          {before.costMicroUsdPerHour !== null && (
            <p>Cost per hour = kept bytes/s × 3600 ÷ 1,000,000,000 × price per GB + connected collectors × price per collector hour (Settings, Price).</p>
          )}
        </div>
      </details>
    </div>
  );
}

function Row({ name, before, after, change, look }: { name: string; before: string; after: string; change: string; look: string }) {
  return (
    <tr className="border-t border-line">
      <th scope="row" className="truncate px-3 py-1.5 font-normal" title={name}>
        {name}
      </th>
      <td className="px-2 py-1.5 text-right whitespace-nowrap">{before}</td>
      <td className="px-2 py-1.5 text-right font-semibold whitespace-nowrap">{after}</td>
      <td className={cx("px-3 py-1.5 text-right whitespace-nowrap", look)}>{change}</td>
    </tr>
  );
}
