import { NO_FIGURES, type SideFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { SecondSlot } from "./secondSlot.ts";

type Measured = { at(second: number): SecondSlot | null };

/** What several collectors measured in the seconds that end in a window, added up; null stands for one that has not reported at all. */
export function sideFigures(collectors: readonly (Measured | null)[], fromMs: number, toMs: number): SideFigures {
  const side: SideFigures = { ...NO_FIGURES, collectors: collectors.length, rss: [] };
  const acknowledgement = new ExponentialHistogram();
  const rss = new Map<number, { bytes: number; of: number }>();
  for (const collector of collectors) {
    let reported = false;
    for (let second = Math.floor(fromMs / 1_000) + 1; second * 1_000 <= toMs; second++) {
      const slot = collector?.at(second);
      if (!slot) continue;
      reported = true;
      acknowledgement.merge(ExponentialHistogram.fromSnapshot(slot.acknowledgement));
      add(side, slot);
      const sample = rss.get(second) ?? { bytes: 0, of: 0 };
      rss.set(second, { bytes: sample.bytes + slot.rssBytes, of: sample.of + 1 });
    }
    if (reported) side.reporting++;
  }
  const snapshot = acknowledgement.snapshot();
  return {
    ...side,
    acknowledgement: snapshot.count === 0 ? null : snapshot,
    rss: [...rss].sort(([a], [b]) => a - b).map(([second, sample]) => ({ atMs: second * 1_000, ...sample })),
  };
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
