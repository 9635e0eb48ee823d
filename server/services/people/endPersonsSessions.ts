import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** Signs a person out everywhere; the account stays. Returns how many sessions ended. */
export async function endPersonsSessions({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ ended: number }> {
  const caller = authorise(ctx, "managePeople");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const person = await tx.user.findUnique({ where: { id }, select: { name: true } });
    if (!person) throw new AppError("NOT_FOUND", "there is no such person");
    const { count } = await tx.session.deleteMany({ where: { userId: id } });
    await audit(tx, { by: caller, action: "person.endSessions", entity: "person", entityId: id, entityName: person.name, detail: { ended: count } });
    await notifyChange(tx, "person", id);
    return { ended: count };
  });
}
