import { canonicalJson } from "../fleet/configHash.ts";
import type { Problem } from "../validation/problems.ts";

export type MergeSide = "theirs" | "mine";

/** What two people did to one thing in different ways, in words; `id` stays the same as long as the three documents do. */
export type MergeConflict = { id: string; subject: string; base: string; theirs: string; mine: string };

/** Which side was chosen for each conflict; a side that was not chosen yet counts as `mine`, so that the outcome can be looked at. */
export type MergeChoices = Readonly<Record<string, MergeSide>>;

/** The three-way rule for one value: who changed it wins; both to the same is no conflict; `null` when both changed it to different values. */
export function mergeValue<T>(base: T, theirs: T, mine: T): { value: T } | null {
  if (isSame(theirs, mine) || isSame(base, mine)) return { value: theirs };
  return isSame(base, theirs) ? { value: mine } : null;
}

/** `body` is null where the two can't stand together as chosen; `problems` then says why, at the merged document's paths. */
export type Merged<Body> = { body: Body | null; conflicts: MergeConflict[]; problems: Problem[] };

/** Takes one of three values; told how to name the conflict if there is one. */
export type Pick = <T>(conflict: MergeConflict, base: T, theirs: T, mine: T) => T;

/** `pick` by the three-way rule, then by what was chosen; `conflicts` has those that it met. */
export function picking(choices: MergeChoices): { pick: Pick; conflicts: MergeConflict[] } {
  const conflicts: MergeConflict[] = [];
  const pick: Pick = (conflict, base, theirs, mine) => {
    const merged = mergeValue(base, theirs, mine);
    if (merged !== null) return merged.value;
    conflicts.push(conflict);
    return choices[conflict.id] === "theirs" ? theirs : mine;
  };
  return { pick, conflicts };
}

/** Absent things are equal to each other alone. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
}
