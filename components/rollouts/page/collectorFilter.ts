import type { RolloutCollectorState } from "#domain/fleet/rollout/rolloutView.ts";
import { COLLECTOR_STATES } from "../phaseWords.ts";

/** Which collectors are listed below the grid. `named`: those for which it waits or went back. */
export type CollectorFilter = { search: string; state: RolloutCollectorState | null; stage: number | null; named: boolean };

export const NO_FILTER: CollectorFilter = { search: "", state: null, stage: null, named: false };

export function isFilter({ search, state, stage, named }: CollectorFilter): boolean {
  return search !== "" || state !== null || stage !== null || named;
}

/** What is listed, besides the text that is looked for. */
export function filterWords({ state, stage, named }: CollectorFilter): string {
  const parts = [
    ...(state === null ? [] : [COLLECTOR_STATES[state].word]),
    ...(stage === null ? [] : [`joined with stage ${stage + 1}`]),
    ...(named ? ["those it is about"] : []),
  ];
  return parts.join(", ");
}
