import { z } from "zod";
import { API_TOKEN_DAYS_MAX, API_TOKENS_PER_PERSON_MAX, apiTokenPrefix, formatApiToken } from "#domain/auth/apiToken.ts";
import { highestRole } from "#domain/auth/role.ts";
import { SCOPES, scopesWithin } from "#domain/auth/scopes.ts";
import { audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { grantsOf } from "../../db/roleGrants.ts";
import { hashToken } from "../../db/secretBox.ts";
import { toRole } from "../../db/toRole.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { nameSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { ownSession } from "../session/ownSession.ts";

const DAY_MS = 86_400_000;

const createApiTokenSchema = z.strictObject({
  name: nameSchema,
  scopes: z
    .array(z.enum(SCOPES, `must be one of ${SCOPES.join(", ")}`), "must be a list of scopes")
    .min(1, "must have at least one scope")
    .max(SCOPES.length, `must have at most ${SCOPES.length} scopes`)
    .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  expiresInDays: z
    .int("must be a whole number of days")
    .min(1, "must be 1 or more")
    .max(API_TOKEN_DAYS_MAX, `must be at most ${API_TOKEN_DAYS_MAX}: every token expires`),
});
export type CreateApiTokenInput = z.input<typeof createApiTokenSchema>;
export type CreatedApiToken = { id: string; token: string; expiresAtMs: number };

/** A token of the caller's own. `token` is shown this once; only its hash is kept. INVALID at `scopes` where the caller's role is too low for one. */
export async function createApiToken({ ctx, input: untrusted }: Call<CreateApiTokenInput>): Promise<CreatedApiToken> {
  const caller = authorise(ctx, "ownAccount");
  const { personId: ownerId } = ownSession(ctx);
  const { name, scopes, expiresInDays } = parseInput(createApiTokenSchema, untrusted);
  const now = new Date(ctx.ports.nowMs());
  const expiresAt = new Date(now.getTime() + expiresInDays * DAY_MS);
  const token = formatApiToken(Buffer.from(ctx.ports.newToken(), "base64url"));
  const prefix = apiTokenPrefix(token);
  const id = await ctx.db.$transaction(async (tx) => {
    const [owner] = await tx.$queryRaw<{ role: string }[]>`SELECT "role" FROM "User" WHERE "id" = ${ownerId} FOR UPDATE`;
    if (!owner) throw new AppError("UNAUTHENTICATED", "sign in first");
    const highest = highestRole(toRole(owner.role), await grantsOf(tx, ownerId));
    const within = scopesWithin(highest);
    const beyond = scopes.find((scope) => !within.includes(scope));
    if (beyond !== undefined) throw invalid("scopes", `${beyond} is beyond your role ${highest}; a token never may more than its owner`);
    const good = { ownerId, revokedAt: null, expiresAt: { gt: now } };
    if (await tx.apiToken.findFirst({ where: { ...good, name } })) throw invalid("name", "is the name of another token of yours; revoke that one first");
    if ((await tx.apiToken.count({ where: good })) >= API_TOKENS_PER_PERSON_MAX)
      throw new AppError("TOO_MANY", `a person may have at most ${API_TOKENS_PER_PERSON_MAX} API tokens; revoke one first`);
    await forgetEnded(tx, ownerId, now);
    const row = await tx.apiToken.create({ data: { name, tokenHash: hashToken(token), prefix, scopes, ownerId, createdAt: now, expiresAt } });
    const after = { name, prefix, scopes, expiresAt: expiresAt.toISOString() };
    await audit(tx, { by: caller, action: "apiToken.create", entity: "apiToken", entityId: row.id, entityName: name, after });
    await notifyChange(tx, "apiToken", row.id);
    return row.id;
  });
  return { id, token, expiresAtMs: expiresAt.getTime() };
}

/** Of tokens that were revoked or have expired, the newest hundred stay to be looked up. */
async function forgetEnded(tx: Transaction, ownerId: string, now: Date): Promise<void> {
  const ended = await tx.apiToken.findMany({
    where: { ownerId, OR: [{ revokedAt: { not: null } }, { expiresAt: { lte: now } }] },
    orderBy: { createdAt: "desc" },
    skip: API_TOKENS_PER_PERSON_MAX - 1,
    select: { id: true },
  });
  if (ended.length > 0) await tx.apiToken.deleteMany({ where: { id: { in: ended.map(({ id }) => id) } } });
}

function invalid(path: string, message: string): AppError {
  return new AppError("INVALID", `${path}: ${message}`, { problems: [{ path, message }] });
}
