import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { requireAnotherAdmin } from "./requireAnotherAdmin.ts";

/** Removes the account and ends its sessions. What the person wrote keeps their name. */
export async function removePerson({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "managePeople");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await requireAnotherAdmin(tx, id);
    const person = await tx.user.findUnique({ where: { id }, select: { name: true, email: true, role: true } });
    const removed = await tx.user.deleteMany({ where: { id } });
    if (removed.count === 0 || !person) throw new AppError("NOT_FOUND", "there is no such person");
    await audit(tx, { by: caller, action: "person.remove", entity: "person", entityId: id, entityName: person.name, before: person });
    await notifyChange(tx, "person", id);
    return { id };
  });
}
