import type { Forecast } from "./forecast.ts";
import type { ComparisonSummary } from "./summariseComparison.ts";

/** What the candidate will keep by a comparison; null before anything was compared. */
export function toForecast(
  { figures, collectors, counts, seconds }: Pick<ComparisonSummary, "figures" | "collectors" | "counts" | "seconds">,
  basis: Pick<Forecast["basis"], "kind" | "id" | "untilMs">,
): Forecast | null {
  if (figures === null || collectors === 0) return null;
  return {
    keptShare: figures.keptShare.candidate,
    keptSpansPerS: figures.keptSpansPerS.candidate,
    keptBytesPerS: figures.keptBytesPerS.candidate,
    microUsdPerMonth: figures.microUsdPerMonth.candidate,
    basis: { ...basis, collectors, spans: counts.compared.spans, seconds },
  };
}
