import type { MeasuredLoad } from "#domain/pipeline/checkAgainstPeak.ts";
import { SECONDS_KEPT } from "./collectorSeries.ts";
import type { SecondSlot } from "./secondSlot.ts";

/** A mean over so long stands for the present. */
const PRESENT_S = 60;

type Candidate = { name: string; online: boolean; at: (second: number) => Pick<SecondSlot, "second" | "keptPerS" | "bytesKeptPerS"> | null };

/** The busiest second of any one collector in the 15 minutes that are kept, and the most that any one keeps at present; null without a measured second. */
export function measureLoad(collectors: readonly Candidate[], lastSecond: number): MeasuredLoad | null {
  const load: MeasuredLoad = {
    windowS: SECONDS_KEPT,
    peak: { keptPerS: -1, atMs: 0, collector: "" },
    peakBytesPerS: 0,
    presentBytesPerS: 0,
    notMeasured: 0,
  };
  for (const { name, online, at } of collectors) {
    let [bytes, seconds, measured] = [0, 0, 0];
    for (let second = lastSecond - SECONDS_KEPT + 1; second <= lastSecond; second++) {
      const slot = at(second);
      if (!slot) continue;
      measured++;
      if (slot.keptPerS > load.peak.keptPerS) load.peak = { keptPerS: slot.keptPerS, atMs: second * 1_000, collector: name };
      load.peakBytesPerS = Math.max(load.peakBytesPerS, slot.bytesKeptPerS);
      if (second > lastSecond - PRESENT_S) {
        bytes += slot.bytesKeptPerS;
        seconds++;
      }
    }
    if (seconds > 0) load.presentBytesPerS = Math.max(load.presentBytesPerS, bytes / seconds);
    if (measured === 0 && online) load.notMeasured++;
  }
  return load.peak.keptPerS < 0 ? null : load;
}
