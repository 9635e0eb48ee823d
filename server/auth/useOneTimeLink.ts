import { randomUUID } from "node:crypto";
import { z } from "zod";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { type AuditOrigin, audit } from "../db/audit.ts";
import type { Database } from "../db/database.ts";
import { grantFromInvitation } from "../db/grantFromInvitation.ts";
import { notifyChange } from "../db/notifyChange.ts";
import { hashToken } from "../db/secretBox.ts";
import { readSignOn } from "../db/signOnSetting.ts";
import { AppError } from "../errors/appError.ts";
import { isUniqueViolation } from "../errors/databaseErrors.ts";
import { type Auth, PASSWORD_MAX, PASSWORD_MIN } from "./auth.ts";

const setupSchema = z.strictObject({
  token: z.string("must be a text").min(1, "must not be empty").max(256, "is not a link of ours"),
  name: z.string("must be a text").trim().min(1, "must not be empty").max(80, "must have at most 80 characters"),
  email: z
    .email("must be an e-mail address")
    .max(254, "must have at most 254 characters")
    .transform((email) => email.toLowerCase()),
  password: z
    .string("must be a text")
    .min(PASSWORD_MIN, `must have at least ${PASSWORD_MIN} characters`)
    .max(PASSWORD_MAX, `must have at most ${PASSWORD_MAX} characters`),
});

/** Turns a one-time link into an account, once: of two who use it at the same time, one gets in. Returns what to sign in with. */
export async function useOneTimeLink({
  auth,
  db,
  nowMs,
  input,
  from,
}: {
  auth: Auth;
  db: Database;
  nowMs: () => number;
  input: unknown;
  from: AuditOrigin;
}): Promise<{ email: string; password: string }> {
  const parsed = parseOrProblems(setupSchema, input);
  // A password is never repeated, not even a wrong one.
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ path, message }) => ({ path, message: path === "password" ? message.replace(/, got .*$/s, "") : message }));
    throw new AppError("INVALID", `${problems[0].path}: ${problems[0].message}`, { problems });
  }
  const { token, name, email, password } = parsed.value;
  const now = new Date(nowMs());
  // Hashing a password is made to be slow; nobody without a link gets us to do it.
  const open = await db.oneTimeLink.findFirst({ where: { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: now } } });
  if (!open) throw linkSpent();
  const signOn = (await readSignOn(db))?.settings;
  if (signOn?.passwords === "off" && open.purpose !== "owner")
    throw new AppError(
      "FORBIDDEN",
      `passwords are off here; sign in with ${signOn.label}${open.email ? ` as ${open.email}` : ", with the address that you were invited with"}`,
    );
  const passwordHash = await (await auth.$context).password.hash(password);
  try {
    await db.$transaction(async (tx) => {
      const open = { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: now } };
      const link = await tx.oneTimeLink.findFirst({ where: open });
      const used = await tx.oneTimeLink.updateMany({ where: open, data: { usedAt: now } });
      if (!link || used.count !== 1) throw linkSpent();
      if (link.email && link.email !== email)
        throw new AppError("INVALID", "email: this invitation is for another address", {
          problems: [{ path: "email", message: "this invitation is for another address" }],
        });
      if (link.purpose === "owner" && (await tx.user.count()) > 0) throw linkSpent();
      const id = randomUUID();
      await tx.user.create({
        // An admin has named the address; one that was only typed in here is not known to be theirs.
        data: { id, name, email, role: link.role, emailVerified: link.email !== null },
      });
      await tx.account.create({ data: { id: randomUUID(), accountId: id, providerId: "credential", userId: id, password: passwordHash } });
      const groups = await grantFromInvitation(tx, id, link.grants);
      const after = { name, email, role: link.role, ...(Object.keys(groups).length > 0 && { groups }) };
      await audit(tx, {
        by: { id, name, from },
        action: "person.join",
        entity: "person",
        entityId: id,
        entityName: name,
        after,
        detail: { invitedBy: link.createdBy },
      });
      await notifyChange(tx, "person", id);
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError("INVALID", "email: has an account already; sign in instead", {
        problems: [{ path: "email", message: "has an account already; sign in instead" }],
      });
    throw error;
  }
  return { email, password };
}

function linkSpent(): AppError {
  return new AppError("FORBIDDEN", "this link was used already or has expired; ask for a new one (the owner's is printed at each start until it is used)");
}
