import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type SetRoleInput, setRoleSchema } from "./personInput.ts";
import { requireAnotherAdmin } from "./requireAnotherAdmin.ts";

export async function setRole({ ctx, input: untrusted }: Call<SetRoleInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "managePeople");
  const { id, role } = parseInput(setRoleSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    if (role !== "admin") await requireAnotherAdmin(tx, id);
    const person = await tx.user.findUnique({ where: { id }, select: { name: true, role: true } });
    const changed = await tx.user.updateMany({ where: { id }, data: { role } });
    if (changed.count === 0 || !person) throw new AppError("NOT_FOUND", "there is no such person");
    const change = { before: { role: person.role }, after: { role } };
    await audit(tx, { by: caller, action: "person.setRole", entity: "person", entityId: id, entityName: person.name, ...change });
    await notifyChange(tx, "person", id);
    return { id };
  });
}
