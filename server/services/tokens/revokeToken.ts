import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** From now on nobody enrols with it. Collectors that did keep the credential of their own. */
export async function revokeToken({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "manageEnrolment");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const revoked = await tx.enrolmentToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date(ctx.ports.nowMs()) } });
    if (revoked.count === 0) throw new AppError("NOT_FOUND", "there is no such enrolment token, or it is revoked already");
    const name = (await tx.enrolmentToken.findUnique({ where: { id } }))?.name;
    await audit(tx, {
      by: caller,
      action: "token.revoke",
      entity: "token",
      entityId: id,
      entityName: name,
      before: { revoked: false },
      after: { revoked: true },
    });
    await notifyChange(tx, "token", id);
    return { id };
  });
}
