import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type TokenListItem = {
  id: string;
  name: string;
  createdAtMs: number;
  createdBy: string;
  expiresAtMs: number | null;
  revokedAtMs: number | null;
  lastUsedAtMs: number | null;
  collectors: number;
};

export async function listTokens({ ctx }: { ctx: ServiceContext }): Promise<TokenListItem[]> {
  authorise(ctx, "look");
  const rows = await ctx.db.enrolmentToken.findMany({ orderBy: { createdAt: "desc" }, include: { _count: { select: { collectors: true } } } });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAtMs: row.createdAt.getTime(),
    createdBy: row.createdBy,
    expiresAtMs: row.expiresAt?.getTime() ?? null,
    revokedAtMs: row.revokedAt?.getTime() ?? null,
    lastUsedAtMs: row.lastUsedAt?.getTime() ?? null,
    collectors: row._count.collectors,
  }));
}
