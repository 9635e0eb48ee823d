import type { GateResult } from "../rollout.ts";
import { sumOf } from "../rolloutWindow.ts";
import type { GateInput } from "./gateInput.ts";

/** Spans that the changed collectors lost since the stage opened, in all. */
export function droppedGate({ settings, since }: GateInput): GateResult | null {
  const limit = settings.droppedMax;
  if (limit === null) return null;
  const reported = since.filter(({ changed }) => changed.reporting > 0);
  const { dropped } = sumOf(reported.map(({ changed }) => changed));
  const control = sumOf(since.map((window) => window.control)).dropped;
  const isKnown = reported.length > 0;
  return {
    gate: "dropped",
    state: dropped > limit ? "fail" : isKnown ? "pass" : "noData",
    changed: isKnown ? dropped : null,
    control: since.some((window) => window.control.reporting > 0) ? control : null,
    limit,
    against: null,
    note: isKnown ? null : "no changed collector has reported since the stage opened",
  };
}
