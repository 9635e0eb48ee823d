import type { Labels } from "./labels.ts";
import { matchesSelector, type Selector } from "./selector.ts";

/** The one group that every installation has: of all collectors that no other group selects. */
export const DEFAULT_GROUP_ID = "default";

/** How many groups there may be, archived ones not counted. */
export const GROUPS_MAX = 200;

type Ranked = { id: string; isDefault: boolean; priority: number; createdAtMs: number };

/** Which of two groups has a collector that both select: the higher priority, then the older one. The default group comes last. */
export function compareGroups(a: Ranked, b: Ranked): number {
  return Number(a.isDefault) - Number(b.isDefault) || b.priority - a.priority || a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}

/** The groups that select a collector, its own first. `groups` are in order (`compareGroups`); a selector that can't be read is null and selects none. */
export function matchingGroups<Group extends { isDefault: boolean; selector: Selector | null }>(labels: Labels, groups: readonly Group[]): Group[] {
  return groups.filter(({ isDefault, selector }) => isDefault || (selector !== null && matchesSelector(selector, labels)));
}
