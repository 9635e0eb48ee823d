import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type SetRoleInput, setRoleSchema } from "./personInput.ts";
import { requireAnotherAdmin } from "./requireAnotherAdmin.ts";

export async function setRole({ ctx, input: untrusted }: Call<SetRoleInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "admin");
  const { id, role } = parseInput(setRoleSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    if (role !== "admin") await requireAnotherAdmin(tx, id);
    const changed = await tx.user.updateMany({ where: { id }, data: { role } });
    if (changed.count === 0) throw new AppError("NOT_FOUND", "there is no such person");
    await audit(tx, { by: caller, action: "person.setRole", entity: "person", entityId: id, detail: { role } });
    await notifyChange(tx, "person", id);
    return { id };
  });
}
