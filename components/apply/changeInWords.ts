import { formatPercent } from "../format/formatNumber.ts";

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
