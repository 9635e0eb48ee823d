import { formatRatio } from "./formatRatio.ts";
import type { Keep } from "./keep.ts";

/** How much is kept as one reads it: `50%`, `at most 200 spans/s for each collector`. */
export function describeKeep(keep: Keep): string {
  switch (keep.kind) {
    case "ratio":
      return formatRatio(keep.ratio);
    case "budget":
      return `at most ${formatSpansPerSecond(keep.spansPerSecond)} spans/s for each collector`;
  }
}

export function formatSpansPerSecond(spansPerSecond: number): string {
  return spansPerSecond.toLocaleString("en-US", { maximumFractionDigits: 3 });
}
