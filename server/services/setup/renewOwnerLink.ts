import { audit } from "../../db/audit.ts";
import { hashToken } from "../../db/secretBox.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const OWNER_LINK_HOURS = 24;

/** A fresh link that creates the owner; earlier ones stop working. Null as soon as anybody has an account. */
export async function renewOwnerLink({ ctx }: { ctx: ServiceContext }): Promise<string | null> {
  const by = authorise(ctx, "keepHouse");
  const token = ctx.ports.newToken();
  const expiresAt = new Date(ctx.ports.nowMs() + OWNER_LINK_HOURS * 3_600_000);
  const created = await ctx.db.$transaction(async (tx) => {
    await tx.oneTimeLink.deleteMany({ where: { purpose: "owner", usedAt: null } });
    if ((await tx.user.count()) > 0) return false;
    const data = { purpose: "owner", tokenHash: hashToken(token), role: "admin", createdBy: by.name, expiresAt };
    const { id } = await tx.oneTimeLink.create({ data });
    await audit(tx, { by, action: "setup.ownerLink", entity: "person", entityId: id, after: { role: "admin", expiresAt: expiresAt.toISOString() } });
    return true;
  });
  return created ? `${ctx.ports.publicUrl()}/setup?token=${token}` : null;
}
