import { gateSettingsSchema } from "../rolloutPlan.ts";
import { NO_FIGURES, type RolloutWindow, type SideFigures } from "../rolloutWindow.ts";
import type { GateInput } from "./gateInput.ts";

export const WINDOW_MS = 10_000;
export const APPLIED_MS = 1_700_000_000_000;

/** A side that received 1,000 spans, kept a quarter, and answered in about `ackMs`. */
export function side({ ackMs = 5, ...over }: Partial<SideFigures> & { ackMs?: number } = {}): SideFigures {
  const offset = Math.floor(Math.log2(ackMs / 1_000) * 16);
  const acknowledgement = { scale: 4, count: 100, sum: 0.5, min: ackMs / 2_000, max: ackMs / 500, zeroCount: 0, offset, counts: [100] };
  return {
    ...NO_FIGURES,
    collectors: 2,
    reporting: 2,
    acknowledgement,
    queueShare: 0.1,
    received: 1_000,
    kept: 250,
    bytesKept: 1e5,
    cpuSeconds: 1,
    seconds: 20,
    ...over,
  };
}

/** The `index`th window after all of the stage was changed; before that where it is negative. */
export function windowAt(index: number, changed: SideFigures = side(), control: SideFigures = side()): RolloutWindow {
  return { atMs: APPLIED_MS + index * WINDOW_MS, changed, control };
}

export const windows = (count: number, of: (index: number) => RolloutWindow = windowAt) => Array.from({ length: count }, (_, index) => of(index));

export function gateInput(over: Partial<GateInput> = {}): GateInput {
  const before = Array.from({ length: 60 }, (_, index) => windowAt(index - 60));
  return { settings: gateSettingsSchema.parse({}), before, since: windows(30), appliedAtMs: APPLIED_MS, isLast: false, forecast: null, ...over };
}
