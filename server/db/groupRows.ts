import { GROUP_APPROVALS, type GroupApproval } from "#domain/approval/changeRequest.ts";
import { compareGroups, DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import { parseSelector, type Selector } from "#domain/fleet/selector.ts";
import type { Transaction } from "./database.ts";
import { type Revision, toRevision } from "./documentRows.ts";
import type { CollectorGroupModel } from "./gen/models.ts";

export type Group = {
  id: string;
  name: string;
  selectorText: string;
  /** Null when what is stored can't be read: then it selects no collector. */
  selector: Selector | null;
  priority: number;
  description: string;
  isDefault: boolean;
  /** Its own word on whether changes to it need a second person. */
  approval: GroupApproval;
  createdAtMs: number;
  archivedAtMs: number | null;
};

export function toGroup({ selector: selectorText, createdAt, archivedAt, approval: word, ...row }: CollectorGroupModel): Group {
  const parsed = parseSelector(selectorText);
  const selector = parsed.ok ? parsed.selector : null;
  const approval = GROUP_APPROVALS.find((one) => one === word) ?? "on";
  return { ...row, selectorText, selector, approval, createdAtMs: createdAt.getTime(), archivedAtMs: archivedAt?.getTime() ?? null };
}

/** Those that are not archived, in the order in which they take collectors; the default group comes last. */
export async function readGroups(tx: Transaction): Promise<Group[]> {
  const rows = await tx.collectorGroup.findMany({ where: { archivedAt: null } });
  return rows.map(toGroup).sort(compareGroups);
}

export async function findGroup(tx: Transaction, id: string): Promise<Group | null> {
  const row = await tx.collectorGroup.findUnique({ where: { id } });
  return row && toGroup(row);
}

/** The newest revision of each group that has one of its own, archived groups too; overrides, and what a rollout has not brought to all, play no part in it. */
export async function newestRevisions(tx: Transaction): Promise<Map<string, Revision>> {
  const newest = await tx.revision.groupBy({ by: ["groupId"], where: { collectorId: null, isStaged: false }, _max: { number: true } });
  const numbers = newest.flatMap(({ _max }) => _max.number ?? []);
  const rows = await tx.revision.findMany({ where: { number: { in: numbers } } });
  return new Map(rows.map((row) => [row.groupId, toRevision(row)]));
}

/** What a group's collectors shall run: its own newest revision, or the default group's as long as nothing was applied to it. Null before the first boot has finished. */
export async function groupRevision(tx: Transaction, groupId: string): Promise<Revision | null> {
  const newest = { collectorId: null, isStaged: false };
  const own = await tx.revision.findFirst({ where: { ...newest, groupId }, orderBy: { number: "desc" } });
  const row = own ?? (await tx.revision.findFirst({ where: { ...newest, groupId: DEFAULT_GROUP_ID }, orderBy: { number: "desc" } }));
  return row && toRevision(row);
}

/** Numbers are given without gaps, whatever group a revision is of. Hold the lock of revisions. */
export async function nextRevisionNumber(tx: Transaction): Promise<number> {
  const { _max } = await tx.revision.aggregate({ _max: { number: true } });
  return (_max.number ?? 0) + 1;
}
