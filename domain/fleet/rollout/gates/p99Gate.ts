import { comparableWindows, compareToControl, usualOf, WINDOWS_BEFORE_MIN, WINDOWS_MIN } from "../compareToControl.ts";
import type { Baseline, GateResult } from "../rollout.ts";
import { p99Of, type RolloutWindow } from "../rolloutWindow.ts";
import { appliedWindows, type GateInput } from "./gateInput.ts";

/** From so much of the way to the limit on it is near. */
const NEAR_SHARE = 0.8;

/**
 * Whether acknowledgements take longer than they would without the change. Where no collector is left to compare with, the changed ones are compared with
 * themselves before the change: that also finds what other causes did, and the result says so.
 */
export function p99Gate(input: GateInput): GateResult | null {
  const limit = input.settings.p99RatioMax;
  if (limit === null) return null;
  const after = appliedWindows(input);
  const usual = usualOf(input.before.map((window) => compared(window, input.isLast)));
  const { state, ratio, windows } = compareToControl(
    usual,
    after.map((window) => compared(window, input.isLast)),
    limit,
  );
  const changed = meanOf(after.map((window) => p99Of(window.changed)));
  const control = input.isLast ? meanOf(input.before.map((window) => p99Of(window.changed))) : meanOf(after.map((window) => p99Of(window.control)));
  // What the changed ones may take is told in seconds, like what they take: the ratio is of what they would have without the change.
  const expected = changed !== null && ratio !== null ? changed / ratio : null;
  return {
    gate: "p99",
    state: state === "above" ? "fail" : state === "within" ? (ratio !== null && Math.log(ratio) > NEAR_SHARE * Math.log(limit) ? "near" : "pass") : state,
    changed,
    control,
    limit: expected === null ? null : expected * limit,
    against: input.isLast ? "before" : "control",
    note: noteOf(state, usual === null, windows),
  };
}

/** What is known before the first stage opens; null where the gate is off. */
export function baselineOf({ settings, before, isLast }: Pick<GateInput, "settings" | "before" | "isLast">): Baseline | null {
  if (settings.p99RatioMax === null) return null;
  return { windows: comparableWindows(before.map((window) => compared(window, isLast))), needed: WINDOWS_BEFORE_MIN };
}

/** Without control, one is put in its place that never changes. */
export function compared(window: RolloutWindow, isLast: boolean): { changed: number | null; control: number | null } {
  return { changed: p99Of(window.changed), control: isLast ? 1 : p99Of(window.control) };
}

function noteOf(state: string, withoutUsual: boolean, windows: number): string | null {
  if (withoutUsual) return `how both stood to each other before is not known: it takes ${WINDOWS_BEFORE_MIN} windows of traffic before the start`;
  if (state === "noData") return `${windows} of the ${WINDOWS_MIN} windows with traffic that it takes`;
  return state === "undecided" ? "the difference is not certain yet, one way or the other" : null;
}

/** Geometric, as they are compared. */
function meanOf(values: readonly (number | null)[]): number | null {
  const some = values.filter((value): value is number => value !== null && value > 0);
  return some.length === 0 ? null : Math.exp(some.reduce((sum, value) => sum + Math.log(value), 0) / some.length);
}
