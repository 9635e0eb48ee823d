import { formatBytes } from "#components/format/formatBytes.ts";
import { formatMicroUsd } from "#components/format/formatMoney.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import type { Estimate } from "#domain/sampling/compare/forecast.ts";
import { REPLAY_DEADLINE_MS } from "#domain/sampling/compare/shadowReport.ts";
import type { EstimatedBecause } from "#domain/sampling/compare/summariseComparison.ts";
import type { CompareFigures, ShadowView } from "./compareTypes.ts";
import { backText, lengthText, partialWords, recordedText } from "./replayWords.ts";
import { shareText } from "./shareText.ts";

/** Half of the interval: `± 0.4`. */
export function marginText({ low, high }: Estimate, format: (value: number) => string): string {
  return `± ${format((high - low) / 2)}`;
}

export type ComparisonVerdict = { tone: "calm" | "warn"; before: string; strong: string; after: string };

type Judged = Pick<ShadowView, "title" | "state" | "summary" | "collectors" | "replay" | "backMs" | "nowMs">;

/** One sentence: what the candidate would keep instead, and what that is worth a month. */
export function verdictOf(shadow: Judged): ComparisonVerdict {
  const { title, state, summary, replay, nowMs } = shadow;
  const { figures } = summary;
  if (figures === null) return { tone: "warn", before: "", strong: nothingYet(shadow), after: "" };
  const sofar = partialWords(shadow);
  const over = replay?.read ? ` over ${recordedText(replay.read, nowMs)}` : "";
  const { live, candidate, difference } = figures.keptShare;
  const { bytesPerMonth, microUsdPerMonth } = figures;
  const { liveOnly, candidateOnly } = summary.counts.total;
  if (liveOnly.spans + candidateOnly.spans === 0) {
    const seen = `on all ${formatCount(summary.counts.compared.spans)} spans that were compared${over}`;
    return { tone: "calm", before: `${sofar}${title} decides as what runs now, `, strong: `keeping ${shareText(candidate.expected)}`, after: `, ${seen}.` };
  }
  const verb = state === "running" && replay === null ? "would keep" : "would have kept";
  const strong = `${shareText(candidate.expected)} instead of ${shareText(live.expected)}`;
  const isLess = bytesPerMonth.difference.expected < 0;
  const size = formatBytes(Math.abs(bytesPerMonth.difference.expected));
  const cost = formatMicroUsd(Math.abs(microUsdPerMonth.difference.expected));
  const margin = marginText(microUsdPerMonth.difference, formatMicroUsd);
  const certain = difference.low > 0 || difference.high < 0;
  const doubt = certain ? "" : " The difference is within what chance alone brings about.";
  return {
    tone: certain ? "calm" : "warn",
    before: `${sofar}${title} ${verb} `,
    strong,
    after: `${over}: ${size} and ${cost} a month ${isLess ? "less" : "more"}, ${margin}.${doubt}`,
  };
}

function nothingYet({ state, collectors, backMs }: Judged): string {
  const all = (...states: readonly string[]) => collectors.length > 0 && collectors.every((collector) => states.includes(collector.state));
  if (all("problem")) return "None of the collectors could try it; each says why below.";
  if (all("offline")) return "None of the collectors is connected.";
  if (backMs !== null) {
    if (all("refused")) return "None of the collectors has a recording to try it over; each says why below.";
    if (all("problem", "refused", "offline")) return "None of the collectors could try it; each says why below.";
    if (state !== "running") return all("ended") ? `Nothing was recorded in ${backText(backMs)}.` : "Nothing was read before it ended.";
    return all("waiting")
      ? "The collectors have been told, and have not begun to read yet."
      : "The collectors read what they have recorded; figures come with the first spans.";
  }
  if (all("refused")) return "It can't be tried beside what runs now; the collectors say why below.";
  if (state !== "running") return "No spans were compared before it ended.";
  if (all("waiting")) return "The collectors have been told, and have not reported yet.";
  return "No spans have been decided since it began; figures come with the first.";
}

const BECAUSE: Record<EstimatedBecause, string> = {
  month: "Volume and cost per month extend what was seen to a month of traffic like it; the interval is of chance alone, not of nights, weekends or releases.",
  short: "It has run for less than five minutes: the rate per second says little about a month yet.",
  sampled: "Only some of the traces were compared, so that it stays below 5% of the CPU; they were chosen by their id, which biases nothing.",
  budget: "A budget's ratio follows the traffic, and the candidate's began anew when this did.",
  wait: "The two wait differently long for a trace's spans; both were taken to decide when the running policy does.",
  late: "Spans that came after their trace was decided are in no figure.",
  scope: "The candidate decides span by span, what runs now by whole traces: traces it keeps may have gaps.",
  partial: "The recording was not read to its end: the figures are of its oldest part.",
  less: "Less was recorded than asked for.",
  recorded: "Only some of the traces were recorded; they were chosen by their id, which biases nothing, and each stands for as many as were not.",
  redacted: "A policy asks for attributes that are redacted in the recording: conditions on them were not answered as they are on live traffic.",
  gaps: "Nothing, or not everything, was recorded at times; what came then is in no figure.",
};

/** Why a figure is an estimate, in a sentence. */
export function becauseWords(reason: EstimatedBecause, shadow: Explained): string {
  const { state, summary, replay, policy, backMs, nowMs, startedAtMs, endsAtMs } = shadow;
  if (reason === "scope" && policy.scope === "trace")
    return "The candidate decides by whole traces, what runs now span by span: traces that are kept now may have gaps.";
  const read = replay?.read;
  if (!read) return BECAUSE[reason];
  switch (reason) {
    case "month":
      return `Volume and cost per month extend ${recordedText(read, nowMs)} to a month of traffic like it; the interval is of chance alone, not of nights, weekends or releases.`;
    case "short":
      return "Less than five minutes were read: the rate per second says little about a month yet.";
    case "budget":
      return "A budget's ratio follows the traffic, and those of both policies began anew where the recording does.";
    case "partial":
      if (state === "running") return "The recording has not been read to its end yet: the figures are of its oldest part.";
      return state === "ended" && endsAtMs - startedAtMs >= REPLAY_DEADLINE_MS
        ? "It was given up after ten minutes, before the recording was read to its end: the figures are of its oldest part."
        : BECAUSE.partial;
    case "less":
      return `Less was recorded than asked for: ${summary.collectors > 1 ? "as little as " : ""}${lengthText(read.shortestMs)} instead of ${lengthText(backMs ?? 0)}.`;
    case "recorded": {
      const share = shareText(summary.counts.compared.spans / Math.max(1, summary.counts.seen.spans));
      return `Of the spans that came in ${share} were recorded: whole traces, chosen by their id, which biases nothing; each stands for as many as were not.`;
    }
    case "redacted":
      return `A policy asks for ${read.redacted.join(", ")}, redacted in the recording: conditions on ${read.redacted.length === 1 ? "it" : "them"} were not answered as they are on live traffic.`;
    default:
      return BECAUSE[reason];
  }
}

type Explained = Pick<ShadowView, "state" | "summary" | "replay" | "policy" | "backMs" | "nowMs" | "startedAtMs" | "endsAtMs">;

/** What is certain about the figures. */
export function exactWords({ summary, replay }: Pick<ShadowView, "summary" | "replay">, figures: CompareFigures): string {
  const spans = formatCount(summary.counts.compared.spans);
  const seen = replay === null ? "seen" : "recorded";
  if (summary.seenIsExact)
    return `Exact for what was ${seen}: both policies were asked about each of the ${spans} spans, and sampling by trace id gives the same answer every time.`;
  const share = summary.counts.compared.spans / Math.max(1, summary.counts.seen.spans);
  return `${spans} of ${formatCount(summary.counts.seen.spans)} spans ${replay === null ? "" : "that came in "}were compared (${shareText(share)}); they agree on ${shareText(figures.agreement)} of them.`;
}
