import type { BreakGlassEstimate, BreakGlassView } from "#domain/fleet/breakGlass.ts";
import { formatBytes } from "../format/formatBytes.ts";
import { formatMicroUsd } from "../format/formatMoney.ts";
import { formatCount } from "../format/formatNumber.ts";

/** `at most $0.42 for 30 minutes, by what is sampled out now`. */
export function estimateInWords(estimate: BreakGlassEstimate, minutes: number): string {
  if (estimate.kind === "unknown") return `What it will cost is not known: ${estimate.why}.`;
  const bound = estimate.kind === "atMost" ? "At most " : "";
  const why = estimate.kind === "atMost" ? "all that is sampled out now, as figures are not kept by service" : "what is sampled out now";
  return `${bound}${formatMicroUsd(estimate.costMicroUsd)} for ${minutes} minutes: ${why}.`;
}

/** `12,345 spans, 1.2 MB, $0.02`; said in words as long as nothing is known. */
export function keptInWords({ kept, isSettled, endedAtMs }: BreakGlassView): string {
  if (kept === null) return endedAtMs === null || !isSettled ? "no collector has told yet" : "not known: no collector told";
  const words = `${formatCount(kept.spans)} spans, ${formatBytes(kept.bytes)}, ${formatMicroUsd(kept.costMicroUsd)}`;
  return endedAtMs !== null && !isSettled ? `${words} so far` : words;
}

/** `29:07`, `1:02:03`. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
