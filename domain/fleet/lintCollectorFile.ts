import { checkAgainstPeak, type PeakLoad } from "../pipeline/checkAgainstPeak.ts";
import { shareSettings } from "../pipeline/shareSettings.ts";
import { lintRegexes } from "../sampling/lintRegexes.ts";
import { lintTiers } from "../sampling/lintTiers.ts";
import { lintWait, type OfferedRate } from "../sampling/lintWait.ts";
import type { SamplingPolicy } from "../sampling/samplingPolicy.ts";
import type { Finding } from "../validation/finding.ts";
import type { CollectorFile } from "./collectorFile.ts";
import { lintSecurity } from "./lintSecurity.ts";

/** All that does not go together in a valid file. `offered`: what one collector gets in its busiest seconds; what depends on it is not looked at without. */
export function lintCollectorFile({ config, process }: CollectorFile, offered: OfferedRate | undefined): Finding[] {
  const { sampling, pipeline } = config;
  const workers = process.workers === "auto" ? 1 : process.workers;
  const shared = shareSettings(config, workers);
  const peak = offered === undefined ? null : peakOf(sampling, offered);
  return [
    ...(shared.ok ? [] : shared.problems.map((problem): Finding => ({ severity: "error", ...problem }))),
    ...lintSecurity({ config, process }),
    ...lintTiers(sampling),
    ...lintRegexes(sampling),
    ...(offered === undefined ? [] : lintWait(sampling, offered)),
    ...checkAgainstPeak(pipeline, sampling, peak).map(({ place, tone, message, remedy }): Finding => {
      const mend = remedy && `set pipeline.${remedy.field} to ${remedy.value}`;
      return { severity: tone === "warn" ? "warning" : "info", path: `pipeline.${place}`, message, ...(mend === undefined ? {} : { mend }) };
    }),
  ];
}

/** In trouble everything may fall into the tier that keeps most, such as errors: that is what a queue is for. */
function peakOf({ tiers }: SamplingPolicy, { spansPerS, spanBytes }: OfferedRate): PeakLoad {
  const kept = tiers.map(({ keep }) => (keep.kind === "ratio" ? keep.ratio * spansPerS : Math.min(keep.spansPerSecond, spansPerS)));
  const keptPerS = Math.max(...kept);
  return { windowS: null, peak: { keptPerS, atMs: 0, collector: "" }, peakBytesPerS: keptPerS * spanBytes, presentBytesPerS: 0 };
}
