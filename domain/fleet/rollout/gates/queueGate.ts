import type { GateResult } from "../rollout.ts";
import type { GateInput } from "./gateInput.ts";

const NEAR_SHARE = 0.8;
/** A queue that is full for one window and not in the next has done its work. */
const WINDOWS_ABOVE = 2;

/** The fullest queue of the changed collectors, over the last two windows. */
export function queueGate({ settings, since }: GateInput): GateResult | null {
  const limit = settings.queueShareMax;
  if (limit === null) return null;
  const seen = since.filter(({ changed }) => changed.queueShare !== null).slice(-WINDOWS_ABOVE);
  const shares = seen.map(({ changed }) => changed.queueShare ?? 0);
  const changed = shares.length < WINDOWS_ABOVE ? null : Math.min(...shares);
  const latest = shares.at(-1) ?? null;
  return {
    gate: "queue",
    state: changed === null ? "noData" : changed > limit ? "fail" : Math.max(...shares) > NEAR_SHARE * limit ? "near" : "pass",
    changed: latest,
    control: seen.at(-1)?.control.queueShare ?? null,
    limit,
    against: null,
    note: changed === null ? "it takes two windows in which the changed collectors reported" : null,
  };
}
