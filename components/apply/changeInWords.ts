import { formatSpansPerSecond } from "#domain/sampling/describeKeep.ts";
import type { TierEstimate } from "#domain/sampling/estimateChange.ts";
import { formatRatio } from "#domain/sampling/formatRatio.ts";
import type { Keep } from "#domain/sampling/keep.ts";
import { formatPercent, formatRate } from "../format/formatNumber.ts";

export type Change = { text: string; direction: "less" | "more" | "same" | "unknown" };

/** `−19%`, `same`, `×8.2` for more than three times as much; unknown when either side is. */
export function changeInWords(before: number | null, after: number | null): Change {
  if (before === null || after === null) return { text: "—", direction: "unknown" };
  if (Math.abs(after - before) <= Math.abs(before) * 0.0005) return { text: "same", direction: "same" };
  if (before <= 0) return { text: "from 0", direction: "more" };
  const factor = after / before;
  if (factor > 3) return { text: `×${factor < 10 ? factor.toFixed(1) : Math.round(factor).toLocaleString("en-US")}`, direction: "more" };
  return { text: `${factor > 1 ? "+" : "−"}${formatPercent(Math.abs(factor - 1))}`, direction: factor > 1 ? "more" : "less" };
}

/** A tier's share: as it was set, as a budget works out at present, or the budget itself where that is not known. */
export function shareInWords(ratio: number | null, keep: Keep | null): string {
  if (keep?.kind === "budget") return ratio === null ? `≤ ${formatSpansPerSecond(keep.spansPerSecond)}/s` : formatPercent(ratio);
  return ratio === null ? "—" : formatRatio(ratio);
}

/** `+25 pts`, `same`, or a dash where one side is not known. */
export function shareChange(before: number | null, after: number | null): string {
  if (before === null || after === null) return "—";
  if (before === after) return "same";
  return `${after > before ? "+" : "−"}${formatPercent(Math.abs(after - before)).replace("%", " pts")}`;
}

/** How what a tier would keep was worked out. */
export function computation({ matchedPerS, keptAfterPerS, ratioBefore, ratioAfter, keepAfter, atMost }: TierEstimate): string {
  if (matchedPerS === null) return "not known";
  const [kept, matched] = [formatRate(keptAfterPerS), formatRate(matchedPerS)];
  if (ratioBefore === ratioAfter) return `${kept}/s kept of ${matched}/s, as measured`;
  if (keepAfter.kind === "ratio") return `${matched}/s × ${formatRatio(keepAfter.ratio)} = ${kept}/s`;
  return `${matched}/s match, ${formatSpansPerSecond(keepAfter.spansPerSecond)}/s is the budget of each collector: ${atMost ? "at most " : ""}${kept}/s`;
}

/** Why tiers are not known, each reason once with the tiers that it holds for. */
export function reasonsOf(tiers: readonly Pick<TierEstimate, "name" | "reason">[]): { reason: string; names: string[] }[] {
  const names = new Map<string, string[]>();
  for (const { name, reason } of tiers) names.set(reason ?? "", [...(names.get(reason ?? "") ?? []), name]);
  return [...names].map(([reason, of]) => ({ reason, names: of }));
}
