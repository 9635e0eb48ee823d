import { highestRole, type Role } from "#domain/auth/role.ts";
import type { Scope } from "#domain/auth/scopes.ts";
import { readRoleGrants } from "../../db/roleGrants.ts";
import { toRole } from "../../db/toRole.ts";
import { toScopes } from "../../db/toScopes.ts";
import { authorise, may } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Nobody has more; only with many people there are. */
const LISTED_MAX = 2_000;

export type ApiTokenListItem = {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  /** `role`: the highest that the owner has anywhere. */
  owner: { id: string; name: string; role: Role };
  createdAtMs: number;
  expiresAtMs: number;
  revokedAtMs: number | null;
  /** To the minute. */
  lastUsedAtMs: number | null;
};

/** The caller's own tokens, those that ended too; for admins everybody's. Newest first; `leftOut` says how many older ones there are. Never the secret. */
export async function listApiTokens({ ctx }: { ctx: ServiceContext }): Promise<{ tokens: ApiTokenListItem[]; leftOut: number }> {
  const ofAll = may(ctx, "managePeople");
  const caller = authorise(ctx, ofAll ? "managePeople" : "ownAccount");
  const where = ofAll ? {} : { ownerId: caller.id ?? "" };
  const rows = await ctx.db.apiToken.findMany({
    where,
    orderBy: { createdAt: "desc" },
    include: { owner: { select: { id: true, name: true, role: true } } },
    take: LISTED_MAX,
  });
  const leftOut = rows.length < LISTED_MAX ? 0 : (await ctx.db.apiToken.count({ where })) - rows.length;
  const grants = await readRoleGrants(ctx.db, [...new Set(rows.map(({ ownerId }) => ownerId))]);
  const tokens = rows.map(({ id, name, prefix, scopes, owner, createdAt, expiresAt, revokedAt, lastUsedAt }) => ({
    id,
    name,
    prefix,
    scopes: toScopes(scopes),
    owner: { id: owner.id, name: owner.name, role: highestRole(toRole(owner.role), grants.get(owner.id) ?? {}) },
    createdAtMs: createdAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
    revokedAtMs: revokedAt?.getTime() ?? null,
    lastUsedAtMs: lastUsedAt?.getTime() ?? null,
  }));
  return { tokens, leftOut };
}
