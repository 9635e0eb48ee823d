import type { ExplainedStages } from "#domain/sampling/explanation.ts";
import type { Stage } from "#domain/telemetry/stages.ts";

/** In the order in which a span goes through them. */
export const WAY: readonly Stage[] = ["network", "processing", "decisionWait", "serialization", "queueWait", "export"];
/** A part of the bar never gets narrower than this, so that it can be seen beside seconds of waiting. */
export const SHARE_MIN = 0.03;

export type StagePart = { stage: Stage; ms: number | null /** Of the bar's width, 0..1; null where the time is not known. */; share: number | null };
export type StageBar = { parts: StagePart[]; totalMs: number | null };

/** Widths in proportion to the times, none below the minimum; the known ones fill the bar. */
export function prepareStageBar(stages: ExplainedStages): StageBar {
  const known = WAY.flatMap((stage) => {
    const ms = stages[stage];
    return ms === null ? [] : [{ stage, ms }];
  });
  const narrow = new Set<Stage>();
  let width = (_ms: number) => 0;
  // Giving the narrow ones their minimum takes room from the others, which may make one of those too narrow.
  for (;;) {
    const wide = known.filter(({ stage }) => !narrow.has(stage));
    const wideMs = wide.reduce((sum, { ms }) => sum + ms, 0);
    const room = 1 - narrow.size * SHARE_MIN;
    width = (ms) => (wideMs > 0 ? (ms / wideMs) * room : room / Math.max(1, wide.length));
    const before = narrow.size;
    for (const { stage, ms } of wide) if (width(ms) < SHARE_MIN) narrow.add(stage);
    if (narrow.size === before) break;
  }
  const parts = WAY.map((stage): StagePart => {
    const ms = stages[stage];
    return { stage, ms, share: ms === null ? null : narrow.has(stage) ? SHARE_MIN : width(ms) };
  });
  return { parts, totalMs: known.length === 0 ? null : known.reduce((sum, { ms }) => sum + ms, 0) };
}
