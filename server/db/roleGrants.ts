import { GRANTED_ROLES, type Role, type RoleGrants } from "#domain/auth/role.ts";
import type { Transaction } from "./database.ts";

/** What people were granted in groups that are not archived, by person. Somebody without grants is not in it. */
export async function readRoleGrants(tx: Transaction, userIds?: readonly string[]): Promise<Map<string, RoleGrants>> {
  const where = { group: { archivedAt: null }, ...(userIds && { userId: { in: [...userIds] } }) };
  const rows = await tx.roleGrant.findMany({ where, orderBy: { groupId: "asc" } });
  const grants = new Map<string, Record<string, Role>>();
  for (const { userId, groupId, role } of rows) {
    const known = GRANTED_ROLES.find((one) => one === role);
    if (!known) continue;
    const own = grants.get(userId) ?? {};
    own[groupId] = known;
    grants.set(userId, own);
  }
  return grants;
}

export async function grantsOf(tx: Transaction, userId: string): Promise<RoleGrants> {
  return (await readRoleGrants(tx, [userId])).get(userId) ?? {};
}
