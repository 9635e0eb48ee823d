import type { Role, RoleGrants } from "#domain/auth/role.ts";
import { readRoleGrants } from "../../db/roleGrants.ts";
import { toRole } from "../../db/toRole.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type PersonListItem = { id: string; name: string; email: string; role: Role; grants: RoleGrants; createdAtMs: number; lastSeenMs: number | null };

export async function listPeople({ ctx }: { ctx: ServiceContext }): Promise<PersonListItem[]> {
  authorise(ctx, "managePeople");
  const rows = await ctx.db.user.findMany({ orderBy: { createdAt: "asc" } });
  const grants = await readRoleGrants(ctx.db);
  return rows.map(({ id, name, email, role, createdAt, lastSeenAt }) => ({
    id,
    name,
    email,
    role: toRole(role),
    grants: grants.get(id) ?? {},
    createdAtMs: createdAt.getTime(),
    lastSeenMs: lastSeenAt?.getTime() ?? null,
  }));
}
