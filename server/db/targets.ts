import { effectiveLabels, type LabelEdits } from "#domain/fleet/labels.ts";
import { DEFAULT_GROUP_ID, matchingGroups } from "#domain/fleet/membership.ts";
import type { Transaction } from "./database.ts";
import { type Revision, toRevision, toTexts } from "./documentRows.ts";
import { type Group, newestRevisions, readGroups } from "./groupRows.ts";
import { readStaged } from "./rolloutRows.ts";

export type Override = { revision: Revision; reason: string; authorName: string; createdAtMs: number; expiresAtMs: number };

/** What one collector shall run, and why. */
export type Target = {
  collectorId: string;
  labels: Record<string, string>;
  group: Group;
  /** Further groups that select it, the next in order first; never the default one. */
  otherGroups: Group[];
  override: Override | null;
  /** Whose newest revision it runs when nothing overrides it: its own group's, or the default one's as long as nothing was applied to its own. */
  followsGroupId: string;
  /** The live rollout that it is in the scope of, and the stage with which it was changed; null where that has not come. Never of one that is overridden. */
  rollout: { number: number; stage: number | null } | null;
  /** The override's while there is one, else the rollout's once it was changed, else its group's. Null before the first boot has finished. */
  revision: Revision | null;
};

/** Of all collectors, or of those with one of `ids`. An override counts until its time is over, also while nobody has cleared it away. */
export async function readTargets(tx: Transaction, nowMs: number, ids?: readonly string[]): Promise<Map<string, Target>> {
  const some = ids && { in: [...ids] };
  const [collectors, groups, newest, overrides, staged] = await Promise.all([
    tx.collector.findMany({ where: { id: some }, select: { id: true, ownLabels: true, editedLabels: true } }),
    readGroups(tx),
    newestRevisions(tx),
    readOverrides(tx, nowMs, ids),
    readStaged(tx),
  ]);
  const stagedRevisions = await readRevisions(
    tx,
    [...staged.values()].map(({ toRevision }) => toRevision),
  );
  const targets = collectors.map((row): [string, Target] => {
    const labels = labelsOf(row);
    const [group, ...others] = matchingGroups(labels, groups);
    const override = overrides.get(row.id) ?? null;
    const followsGroupId = newest.has(group.id) ? group.id : DEFAULT_GROUP_ID;
    const live = override ? undefined : (staged.get(group.id) ?? staged.get(followsGroupId));
    const rollout = live ? { number: live.number, stage: live.members.get(row.id) ?? null } : null;
    const changed = live && rollout?.stage !== null ? stagedRevisions.get(live.toRevision) : undefined;
    const revision = override?.revision ?? changed ?? newest.get(followsGroupId) ?? null;
    const otherGroups = others.filter(({ isDefault }) => !isDefault);
    return [row.id, { collectorId: row.id, labels, group, otherGroups, override, followsGroupId, rollout, revision }];
  });
  return new Map(targets);
}

/** Those that count now, by collector. */
export async function readOverrides(tx: Transaction, nowMs: number, ids?: readonly string[]): Promise<Map<string, Override>> {
  const rows = await tx.collectorOverride.findMany({ where: { collectorId: ids && { in: [...ids] }, expiresAt: { gt: new Date(nowMs) } } });
  const byNumber = await readRevisions(
    tx,
    rows.map(({ revision }) => revision),
  );
  return new Map(
    rows.flatMap(({ collectorId, reason, authorName, createdAt, expiresAt, revision: number }): [string, Override][] => {
      const revision = byNumber.get(number);
      return revision ? [[collectorId, { revision, reason, authorName, createdAtMs: createdAt.getTime(), expiresAtMs: expiresAt.getTime() }]] : [];
    }),
  );
}

/** By number. */
export async function readRevisions(tx: Transaction, numbers: readonly number[]): Promise<Map<number, Revision>> {
  const rows = numbers.length === 0 ? [] : await tx.revision.findMany({ where: { number: { in: [...numbers] } } });
  return new Map(rows.map((row) => [row.number, toRevision(row)]));
}

/** The labels that count of a collector's row. */
export function labelsOf({ ownLabels, editedLabels }: { ownLabels: unknown; editedLabels: unknown }): Record<string, string> {
  return effectiveLabels(toTexts(ownLabels), toLabelEdits(editedLabels));
}

export function toLabelEdits(json: unknown): LabelEdits {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  return Object.fromEntries(Object.entries(json).filter((entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === "string"));
}
