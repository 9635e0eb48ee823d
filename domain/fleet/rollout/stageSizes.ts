import type { StageSize } from "./rolloutPlan.ts";

/** How many collectors run the new configuration at the end of each stage, in a group of `collectors`; see stageMembers(). */
export function stageSizes(stages: readonly { size: StageSize }[], collectors: number): number[] {
  let taken = 0;
  return stages.map(({ size }) => {
    taken = Math.min(collectors, Math.max(taken + 1, wantedOf(size, collectors)));
    return taken;
  });
}

/** What the stage asks for, before that at least one joins and none more than there are. */
export function wantedOf(size: StageSize, collectors: number): number {
  return size.kind === "count" ? size.count : Math.ceil(size.share * collectors - 1e-9);
}
