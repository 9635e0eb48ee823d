import type { Transaction } from "./database.ts";
import { toTexts } from "./documentRows.ts";

/** What the invitation brings along, by the group's name; a group that was archived since is left out. */
export async function grantFromInvitation(tx: Transaction, userId: string, grants: unknown): Promise<Record<string, string>> {
  const wanted = toTexts(grants);
  const groups = await tx.collectorGroup.findMany({ where: { id: { in: Object.keys(wanted) }, archivedAt: null } });
  await tx.roleGrant.createMany({ data: groups.map(({ id }) => ({ userId, groupId: id, role: wanted[id] })) });
  return Object.fromEntries(groups.map(({ id, name }) => [name, wanted[id]]));
}
