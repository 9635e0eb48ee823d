import { audit } from "../../db/audit.ts";
import { hashToken } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { type InviteInput, inviteSchema } from "./personInput.ts";

export const INVITATION_DAYS = 7;
export const INVITATIONS_OPEN_MAX = 200;

/** A link that creates one account with that role, and with those in single groups, once, within a week. Whoever has it may use it, so it is shown only here. */
export async function invitePerson({ ctx, input: untrusted }: Call<InviteInput>): Promise<{ url: string; expiresAtMs: number }> {
  const caller = authorise(ctx, "managePeople");
  const input = parseInput(inviteSchema, untrusted);
  const token = ctx.ports.newToken();
  const now = new Date(ctx.ports.nowMs());
  const expiresAt = new Date(now.getTime() + INVITATION_DAYS * 86_400_000);
  await ctx.db.$transaction(async (tx) => {
    const open = await tx.oneTimeLink.count({ where: { purpose: "invitation", usedAt: null, expiresAt: { gt: now } } });
    if (open >= INVITATIONS_OPEN_MAX)
      throw new AppError("TOO_MANY", `there may be at most ${INVITATIONS_OPEN_MAX} open invitations; wait until some are used or expire`);
    if (input.email && (await tx.user.findUnique({ where: { email: input.email } }))) throw alreadyThere(input.email);
    const groups: Record<string, string> = {};
    for (const [groupId, role] of Object.entries(input.grants)) groups[(await groupOrThrow(tx, groupId)).name] = role;
    const { role, grants, email = null } = input;
    const data = { purpose: "invitation", tokenHash: hashToken(token), role, grants, email, createdBy: caller.name, expiresAt };
    const link = await tx.oneTimeLink.create({ data });
    await audit(tx, {
      by: caller,
      action: "person.invite",
      entity: "person",
      entityId: link.id,
      after: { role, ...(Object.keys(groups).length > 0 && { groups }), email, expiresAt: expiresAt.toISOString() },
    });
  });
  return { url: `${ctx.ports.publicUrl()}/setup?token=${token}`, expiresAtMs: expiresAt.getTime() };
}

function alreadyThere(email: string): AppError {
  return new AppError("INVALID", `email: ${email} has an account already`, { problems: [{ path: "email", message: "has an account already" }] });
}
