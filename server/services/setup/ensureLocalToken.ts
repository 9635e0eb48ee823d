import { audit } from "../../db/audit.ts";
import { hashToken } from "../../db/secretBox.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** The token that collectors on this machine enrol with: the one at hand while it is good, else a new one. */
export async function ensureLocalToken({ ctx, input }: { ctx: ServiceContext; input: { atHand: string | null } }): Promise<string> {
  const by = authorise(ctx, "keepHouse");
  if (input.atHand !== null) {
    const known = await ctx.db.enrolmentToken.findUnique({ where: { tokenHash: hashToken(input.atHand) } });
    if (known && !known.revokedAt) return input.atHand;
  }
  const token = `hge_${ctx.ports.newToken()}`;
  await ctx.db.$transaction(async (tx) => {
    const row = await tx.enrolmentToken.create({ data: { name: "collectors on this machine", tokenHash: hashToken(token), createdBy: by.name } });
    await audit(tx, { by, action: "token.create", entity: "token", entityId: row.id, entityName: row.name, after: { name: row.name, expiresAt: null } });
  });
  return token;
}
