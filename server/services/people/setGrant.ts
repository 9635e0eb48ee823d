import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { type SetGrantInput, setGrantSchema } from "./personInput.ts";

/** Gives a person a role in one group besides the one that they have everywhere, or takes it away. It holds at once. */
export async function setGrant({ ctx, input: untrusted }: Call<SetGrantInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "managePeople");
  const { id: userId, groupId, role } = parseInput(setGrantSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const group = await groupOrThrow(tx, groupId);
    const person = await tx.user.findUnique({ where: { id: userId }, select: { name: true } });
    if (!person) throw new AppError("NOT_FOUND", "there is no such person");
    const place = { userId_groupId: { userId, groupId } };
    const before = (await tx.roleGrant.findUnique({ where: place }))?.role ?? null;
    if (before === role) return { id: userId };
    if (role === null) await tx.roleGrant.deleteMany({ where: { userId, groupId } });
    else await tx.roleGrant.upsert({ where: place, create: { userId, groupId, role }, update: { role } });
    const change = { before: { role: before }, after: { role }, detail: { group: group.name, groupId } };
    await audit(tx, { by: caller, action: "person.setGrant", entity: "person", entityId: userId, entityName: person.name, ...change });
    await notifyChange(tx, "person", userId);
    return { id: userId };
  });
}
