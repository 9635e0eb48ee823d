import { formatBytes } from "#components/format/formatBytes.ts";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatCount, trimZeros } from "#components/format/formatNumber.ts";
import type { Estimate } from "#domain/sampling/compare/forecast.ts";
import type { EstimatedBecause } from "#domain/sampling/compare/summariseComparison.ts";
import type { CompareFigures, ShadowView } from "./compareTypes.ts";

/** A share with a decimal where that says something: `12.3%`, `0.4%`, `100%`. */
export function shareText(share: number): string {
  const percent = share * 100;
  if (percent !== 0 && Math.abs(percent) < 0.01) return percent < 0 ? ">−0.01%" : "<0.01%";
  const text = trimZeros(Math.abs(percent).toFixed(Math.abs(percent) < 1 ? 2 : 1));
  return `${percent < 0 && /[1-9]/.test(text) ? "−" : ""}${text}%`;
}

/** Half of the interval: `± 0.4`. */
export function marginText({ low, high }: Estimate, format: (value: number) => string): string {
  return `± ${format((high - low) / 2)}`;
}

export type ComparisonVerdict = { tone: "calm" | "warn"; before: string; strong: string; after: string };

/** One sentence: what the candidate would keep instead, and what that is worth a month. */
export function verdictOf({ title, state, summary, collectors }: Pick<ShadowView, "title" | "state" | "summary" | "collectors">): ComparisonVerdict {
  const { figures } = summary;
  if (figures === null) return { tone: "warn", before: "", strong: nothingYet(state, collectors), after: "" };
  const { live, candidate, difference } = figures.keptShare;
  const { bytesPerMonth, microUsdPerMonth } = figures;
  const { liveOnly, candidateOnly } = summary.counts.total;
  if (liveOnly.spans + candidateOnly.spans === 0) {
    const seen = `on all ${formatCount(summary.counts.compared.spans)} spans that were compared`;
    return { tone: "calm", before: `${title} decides as what runs now, `, strong: `keeping ${shareText(candidate.expected)}`, after: `, ${seen}.` };
  }
  const verb = state === "running" ? "would keep" : "would have kept";
  const strong = `${shareText(candidate.expected)} instead of ${shareText(live.expected)}`;
  const isLess = bytesPerMonth.difference.expected < 0;
  const size = formatBytes(Math.abs(bytesPerMonth.difference.expected));
  const cost = formatMicroUsd(Math.abs(microUsdPerMonth.difference.expected));
  const margin = marginText(microUsdPerMonth.difference, formatMicroUsd);
  const certain = difference.low > 0 || difference.high < 0;
  const doubt = certain ? "" : " The difference is within what chance alone brings about.";
  return {
    tone: certain ? "calm" : "warn",
    before: `${title} ${verb} `,
    strong,
    after: `: ${size} and ${cost} a month ${isLess ? "less" : "more"}, ${margin}.${doubt}`,
  };
}

function nothingYet(state: ShadowView["state"], collectors: ShadowView["collectors"]): string {
  const all = (what: string) => collectors.length > 0 && collectors.every((collector) => collector.state === what);
  if (all("problem")) return "None of the collectors could try it; each says why below.";
  if (all("refused")) return "It can't be tried beside what runs now; the collectors say why below.";
  if (all("offline")) return "None of the collectors is connected.";
  if (state !== "running") return "No spans were compared before it ended.";
  if (all("waiting")) return "The collectors have been told, and have not reported yet.";
  return "No spans have been decided since it began; figures come with the first.";
}

/** Why the figures are estimates, a sentence each. */
export const BECAUSE: Record<EstimatedBecause, string> = {
  month: "Volume and cost per month extend what was seen to a month of traffic like it; the interval is of chance alone, not of nights, weekends or releases.",
  short: "It has run for less than five minutes: the rate per second says little about a month yet.",
  sampled: "Only some of the traces were compared, so that it stays below 5% of the CPU; they were chosen by their id, which biases nothing.",
  budget: "A budget's ratio follows the traffic, and the candidate's began anew when this did.",
  wait: "The two wait differently long for a trace's spans; both were taken to decide when the running policy does.",
  late: "Spans that came after their trace was decided are in no figure.",
  scope: "The candidate decides span by span, what runs now by whole traces: traces it keeps may have gaps.",
};

/** What is certain about the figures. */
export function exactWords({ summary }: Pick<ShadowView, "summary">, figures: CompareFigures): string {
  const spans = formatCount(summary.counts.compared.spans);
  if (summary.seenIsExact)
    return `Exact for what was seen: both policies were asked about each of the ${spans} spans, and sampling by trace id gives the same answer every time.`;
  const share = summary.counts.compared.spans / Math.max(1, summary.counts.seen.spans);
  return `${spans} of ${formatCount(summary.counts.seen.spans)} spans were compared (${shareText(share)}); they agree on ${shareText(figures.agreement)} of them.`;
}
