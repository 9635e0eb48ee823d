import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** The collector is disconnected and not let in again. It goes on under its last good configuration. */
export async function revokeCredential({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "retireCollector");
  const { id } = parseInput(byIdSchema, untrusted);
  await ctx.db.$transaction(async (tx) => {
    const revoked = await tx.collector.updateMany({ where: { id, credentialRevokedAt: null }, data: { credentialRevokedAt: new Date(ctx.ports.nowMs()) } });
    if (revoked.count === 0) throw new AppError("NOT_FOUND", "there is no such collector, or its credential is revoked already");
    const name = (await tx.collector.findUnique({ where: { id } }))?.name;
    const change = { before: { credential: "valid" }, after: { credential: "revoked" } };
    await audit(tx, { by: caller, action: "collector.revokeCredential", entity: "collector", entityId: id, entityName: name, ...change });
    await notifyChange(tx, "collector", id);
  });
  ctx.ports.fleet.disconnect(id, "the credential was revoked");
  return { id };
}
