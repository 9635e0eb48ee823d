import { z } from "zod";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { hashToken } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { nameSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

const DAY_MS = 86_400_000;
export const TOKENS_MAX = 1_000;

export const createTokenSchema = z.strictObject({
  name: nameSchema,
  expiresInDays: z.int("must be a whole number of days").min(1, "must be 1 or more").max(3650, "must be at most 3650").optional(),
});
export type CreateTokenInput = z.input<typeof createTokenSchema>;

/** `token` is shown this once; only its hash is kept. `command` starts a collector on a machine that has the project. */
export async function createToken({ ctx, input: untrusted }: Call<CreateTokenInput>): Promise<{ id: string; token: string; command: string }> {
  const caller = authorise(ctx, "manageEnrolment");
  const input = parseInput(createTokenSchema, untrusted);
  const token = `hge_${ctx.ports.newToken()}`;
  const expiresAt = input.expiresInDays === undefined ? null : new Date(ctx.ports.nowMs() + input.expiresInDays * DAY_MS);
  const id = await ctx.db.$transaction(async (tx) => {
    if ((await tx.enrolmentToken.count()) >= TOKENS_MAX) throw new AppError("TOO_MANY", `there may be at most ${TOKENS_MAX} enrolment tokens`);
    const row = await tx.enrolmentToken.create({ data: { name: input.name, tokenHash: hashToken(token), createdBy: caller.name, expiresAt } });
    await audit(tx, {
      by: caller,
      action: "token.create",
      entity: "token",
      entityId: row.id,
      entityName: input.name,
      after: { name: input.name, expiresAt: expiresAt?.toISOString() ?? null },
    });
    await notifyChange(tx, "token", row.id);
    return row.id;
  });
  return { id, token, command: `HEADGATE_FLEET_URL=${ctx.ports.fleetUrl()} HEADGATE_ENROLMENT_TOKEN=${token} npm run collector` };
}
