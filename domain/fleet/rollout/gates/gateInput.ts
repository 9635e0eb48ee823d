import type { GateSettings } from "../rolloutPlan.ts";
import type { KeptShareForecast } from "../rolloutView.ts";
import type { RolloutWindow } from "../rolloutWindow.ts";

/** What the gates of one stage are judged on. */
export type GateInput = {
  settings: GateSettings;
  /** From before the rollout, divided into changed and control as this stage divides the collectors; oldest first. */
  before: readonly RolloutWindow[];
  /** Since the stage opened; oldest first. */
  since: readonly RolloutWindow[];
  /** When all of the stage ran the new configuration; null before. */
  appliedAtMs: number | null;
  /** No collector is left that is not changed. */
  isLast: boolean;
  forecast: KeptShareForecast | null;
};

/** Windows that lie wholly after all of the stage ran the new configuration. */
export function appliedWindows({ since, appliedAtMs }: Pick<GateInput, "since" | "appliedAtMs">): RolloutWindow[] {
  return appliedAtMs === null ? [] : since.filter(({ atMs }) => atMs >= appliedAtMs);
}
