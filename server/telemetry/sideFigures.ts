import { MISSING_NAMED_MAX, NO_FIGURES, type SideFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { SecondSlot } from "./secondSlot.ts";

type Measured = { at(second: number): SecondSlot | null };
export type OfCollector = { id: string; series: Measured | null };

/** Measurements are put to whole seconds, so two that follow each other may lie up to this far apart. */
const SLACK_S = 1.5;

/**
 * What several collectors measured in the seconds that end in a window, added up; one without a series has not reported at all. What one that was silent did is in the first measurement
 * after it, where that comes by `countedToMs`: what is later is in no window.
 */
export function sideFigures(collectors: readonly OfCollector[], fromMs: number, toMs: number, countedToMs = toMs): SideFigures {
  const side = { ...NO_FIGURES, collectors: collectors.length, gaps: 0, rss: [] } satisfies SideFigures;
  const missing: string[] = [];
  const acknowledgement = new ExponentialHistogram();
  const rss = new Map<number, { bytes: number; of: number }>();
  for (const { id, series } of collectors) {
    let reported = false;
    for (let second = Math.floor(fromMs / 1_000) + 1; second * 1_000 <= toMs; second++) {
      const slot = series?.at(second);
      if (!slot) continue;
      reported = true;
      acknowledgement.merge(ExponentialHistogram.fromSnapshot(slot.acknowledgement));
      add(side, slot);
      const sample = rss.get(second) ?? { bytes: 0, of: 0 };
      rss.set(second, { bytes: sample.bytes + slot.rssBytes, of: sample.of + 1 });
    }
    if (reported) side.reporting++;
    if (isMeasured(series, fromMs, toMs, countedToMs)) continue;
    side.gaps++;
    if (missing.length < MISSING_NAMED_MAX) missing.push(id);
  }
  const snapshot = acknowledgement.snapshot();
  return {
    ...side,
    missing,
    acknowledgement: snapshot.count === 0 ? null : snapshot,
    rss: [...rss].sort(([a], [b]) => a - b).map(([second, sample]) => ({ atMs: second * 1_000, ...sample })),
  };
}

/** Whether measurements cover all of the window: one that comes after a silence tells of all of it, unless the process is another. */
function isMeasured(series: Measured | null, fromMs: number, toMs: number, countedToMs: number): boolean {
  const to = toMs / 1_000;
  let coveredTo = fromMs / 1_000;
  for (let second = Math.floor(coveredTo) + 1; series && coveredTo < to && second * 1_000 <= countedToMs; second++) {
    const slot = series.at(second);
    if (!slot) continue;
    if (slot.isFirst || second - slot.coversS > coveredTo + SLACK_S) return false;
    coveredTo = second;
  }
  return coveredTo >= to;
}

function add(side: SideFigures, slot: SecondSlot): void {
  const spans = (perS: number) => Math.round(perS * slot.elapsedS);
  side.received += spans(slot.receivedPerS);
  side.kept += spans(slot.keptPerS);
  side.refused += spans(slot.refusedPerS);
  side.dropped += slot.droppedSpans;
  side.bytesKept += spans(slot.bytesKeptPerS);
  side.cpuSeconds += slot.cpuCores * slot.elapsedS;
  side.seconds += slot.elapsedS;
  const share = slot.queueCapacitySpans > 0 ? slot.queueSpans / slot.queueCapacitySpans : 0;
  side.queueShare = Math.max(side.queueShare ?? 0, share);
}
