import { findTrend, TREND_SAMPLES_MIN } from "../../../trends/findTrend.ts";
import type { GateResult } from "../rollout.ts";
import type { RolloutWindow } from "../rolloutWindow.ts";
import { appliedWindows, type GateInput } from "./gateInput.ts";

const NEAR_SHARE = 0.8;
const SECONDS_PER_MINUTE = 60;
/** A configuration that is swapped in leaves the memory of the old one to the garbage collector: the first seconds tell nothing. */
const SETTLES_MS = 10_000;

/** Whether the mean resident memory of a changed collector rises steadily, and how fast. */
export function memoryGate(input: GateInput): GateResult | null {
  const limit = input.settings.memoryBytesPerMinuteMax;
  if (limit === null) return null;
  const windows = appliedWindows(input);
  const changed = trendOf(windows, "changed", input.appliedAtMs);
  const control = trendOf(windows, "control", input.appliedAtMs);
  const known = changed.kind !== "tooShort";
  const perMinute = changed.slopePerS * SECONDS_PER_MINUTE;
  const rises = changed.kind === "rising";
  return {
    gate: "memory",
    state: !known ? "noData" : rises && perMinute > limit ? "fail" : rises && perMinute > NEAR_SHARE * limit ? "near" : "pass",
    changed: known ? perMinute : null,
    control: control.kind === "tooShort" ? null : control.slopePerS * SECONDS_PER_MINUTE,
    limit,
    against: null,
    note: known ? null : `a trend takes ${TREND_SAMPLES_MIN} s of measurements`,
  };
}

function trendOf(windows: readonly RolloutWindow[], side: "changed" | "control", appliedAtMs: number | null) {
  const samples = windows.flatMap((window) => window[side].rss.flatMap(({ atMs, bytes, of }) => (of === 0 ? [] : [{ atMs, value: bytes / of }])));
  return findTrend(samples.filter(({ atMs }) => atMs >= (appliedAtMs ?? 0) + SETTLES_MS));
}
