import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise, may } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** From now on the token is refused, on every replica within a moment. One's own; an admin any. */
export async function revokeApiToken({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const ofAll = may(ctx, "managePeople");
  const caller = authorise(ctx, ofAll ? "managePeople" : "ownAccount");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const where = { id, revokedAt: null, ...(!ofAll && { ownerId: caller.id ?? "" }) };
    const token = await tx.apiToken.findFirst({ where, include: { owner: { select: { name: true } } } });
    const revoked = await tx.apiToken.updateMany({ where, data: { revokedAt: new Date(ctx.ports.nowMs()) } });
    if (revoked.count === 0 || !token) throw new AppError("NOT_FOUND", `there is no such API token${ofAll ? "" : " of yours"}, or it is revoked already`);
    const detail = token.ownerId === caller.id ? {} : { owner: token.owner.name };
    const change = { before: { revoked: false }, after: { revoked: true }, detail };
    await audit(tx, { by: caller, action: "apiToken.revoke", entity: "apiToken", entityId: id, entityName: token.name, ...change });
    await notifyChange(tx, "apiToken", id);
    return { id };
  });
}
