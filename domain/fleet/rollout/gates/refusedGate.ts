import type { GateResult } from "../rollout.ts";
import { refusedShareOf, sumOf } from "../rolloutWindow.ts";
import { appliedWindows, type GateInput } from "./gateInput.ts";

const NEAR_SHARE = 0.8;

/** The share of what was offered that changed collectors refused, above that of the control group; where none is left, above their own before the change. */
export function refusedGate(input: GateInput): GateResult | null {
  const limit = input.settings.refusedShareMax;
  if (limit === null) return null;
  const after = appliedWindows(input);
  const changed = refusedShareOf(sumOf(after.map((window) => window.changed)));
  const comparedTo = input.isLast ? input.before.map((window) => window.changed) : after.map((window) => window.control);
  const control = refusedShareOf(sumOf(comparedTo));
  const more = changed === null ? null : changed - (control ?? 0);
  return {
    gate: "refused",
    state: more === null ? "noData" : more > limit ? "fail" : more > NEAR_SHARE * limit && more > 0 ? "near" : "pass",
    changed,
    control,
    limit: (control ?? 0) + limit,
    against: control === null ? null : input.isLast ? "before" : "control",
    note: more === null ? "nothing was sent to the changed collectors" : control === null ? "nothing was sent to those it would be compared with" : null,
  };
}
