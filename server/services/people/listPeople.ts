import type { Role } from "#domain/auth/role.ts";
import { toRole } from "../../db/toRole.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type PersonListItem = { id: string; name: string; email: string; role: Role; createdAtMs: number; lastSeenMs: number | null };

export async function listPeople({ ctx }: { ctx: ServiceContext }): Promise<PersonListItem[]> {
  authorise(ctx, "admin");
  const rows = await ctx.db.user.findMany({ orderBy: { createdAt: "asc" } });
  return rows.map(({ id, name, email, role, createdAt, lastSeenAt }) => ({
    id,
    name,
    email,
    role: toRole(role),
    createdAtMs: createdAt.getTime(),
    lastSeenMs: lastSeenAt?.getTime() ?? null,
  }));
}
