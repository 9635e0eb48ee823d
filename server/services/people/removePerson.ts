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
  const caller = authorise(ctx, "admin");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await requireAnotherAdmin(tx, id);
    const removed = await tx.user.deleteMany({ where: { id } });
    if (removed.count === 0) throw new AppError("NOT_FOUND", "there is no such person");
    await audit(tx, { by: caller, action: "person.remove", entity: "person", entityId: id });
    await notifyChange(tx, "person", id);
    return { id };
  });
}
