import { randomUUID } from "node:crypto";
import type { SignOnIdentity } from "#domain/auth/readIdentity.ts";
import type { Role } from "#domain/auth/role.ts";
import type { SignOnRefusal } from "#domain/auth/signOnRefusal.ts";
import type { SignOnSettings } from "#domain/auth/signOnSettings.ts";
import { type AuditOrigin, audit } from "../../db/audit.ts";
import type { Database, Transaction } from "../../db/database.ts";
import { grantFromInvitation } from "../../db/grantFromInvitation.ts";
import { lockAdmins } from "../../db/lockAdmins.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { signOnProviderId } from "../../db/signOnSetting.ts";
import { toRole } from "../../db/toRole.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";

/** Accounts that come by themselves are bounded: a provider may know many people. */
export const PEOPLE_MAX = 10_000;

type Admission = {
  db: Database;
  settings: SignOnSettings;
  identity: SignOnIdentity;
  /** Who is signed in and asked to connect their account with the provider; null for a sign-in. */
  connect: string | null;
  nowMs: number;
  from: AuditOrigin;
  peopleMax?: number;
};
export type Admitted = { ok: true; userId: string; name: string } | { ok: false; refusal: SignOnRefusal };

type User = { id: string; name: string; role: string };

/**
 * Who of ours a provider's identity is: the account that it is connected with; else one with the same address, where an admin had vouched for that address;
 * else a new one, where the settings or an invitation let it in. Roles follow the provider where it has a say. One transaction with its audit events.
 */
export async function admitPerson(admission: Admission): Promise<Admitted> {
  try {
    return await admission.db.$transaction((tx) => admit(tx, admission));
  } catch (error) {
    // Two first sign-ins of one person at the same time: the other one has made the account.
    if (!isUniqueViolation(error)) throw error;
    return admission.db.$transaction((tx) => admit(tx, admission));
  }
}

async function admit(tx: Transaction, admission: Admission): Promise<Admitted> {
  const { identity, settings, connect } = admission;
  const key = { providerId: signOnProviderId(settings.issuer), accountId: identity.subject };
  const known = await tx.account.findUnique({ where: { providerId_accountId: key }, select: { user: { select: { id: true, name: true, role: true } } } });
  if (known && connect !== null && known.user.id !== connect) return { ok: false, refusal: "connected" };
  if (known) return enter(tx, admission, known.user);
  if (connect !== null) {
    const own = await tx.user.findUnique({ where: { id: connect } });
    return own ? connectAccount(tx, admission, own) : { ok: false, refusal: "state" };
  }
  const sameAddress = await tx.user.findUnique({ where: { email: identity.email } });
  // Somebody else may have claimed the address when they joined, and would then share the account.
  if (sameAddress && !sameAddress.emailVerified) return { ok: false, refusal: "connect" };
  return sameAddress ? connectAccount(tx, admission, sameAddress) : join(tx, admission);
}

async function connectAccount(tx: Transaction, admission: Admission, user: User): Promise<Admitted> {
  const { settings, identity, from } = admission;
  const changed = await followRole(tx, admission, user);
  await createAccount(tx, admission, user.id);
  await audit(tx, {
    by: { id: user.id, name: user.name, from },
    action: "person.connect",
    entity: "person",
    entityId: user.id,
    entityName: user.name,
    after: { issuer: settings.issuer, subject: identity.subject, email: identity.email },
  });
  await auditRole(tx, admission, user, changed);
  return { ok: true, userId: user.id, name: user.name };
}

async function join(tx: Transaction, admission: Admission): Promise<Admitted> {
  const { settings, identity, nowMs, from, peopleMax = PEOPLE_MAX } = admission;
  const now = new Date(nowMs);
  const open = { purpose: "invitation", email: identity.email, usedAt: null, expiresAt: { gt: now } };
  const invitation = await tx.oneTimeLink.findFirst({ where: open, orderBy: { createdAt: "desc" } });
  const used = invitation ? await tx.oneTimeLink.updateMany({ where: { ...open, id: invitation.id }, data: { usedAt: now } }) : { count: 0 };
  const invited = used.count === 1 ? invitation : null;
  if (!invited && settings.newPeople === "invited") return { ok: false, refusal: "invited" };
  if ((await tx.user.count()) >= peopleMax) return { ok: false, refusal: "full" };
  const role = identity.role ?? (invited ? toRole(invited.role) : settings.defaultRole);
  const { email, name } = identity;
  const user = await tx.user.create({ data: { id: randomUUID(), name, email, role, emailVerified: true } });
  await createAccount(tx, admission, user.id);
  const groups = invited ? await grantFromInvitation(tx, user.id, invited.grants) : {};
  await audit(tx, {
    by: { id: user.id, name, from },
    action: "person.join",
    entity: "person",
    entityId: user.id,
    entityName: name,
    after: { name, email, role, ...(Object.keys(groups).length > 0 && { groups }) },
    detail: { by: "single sign-on", issuer: settings.issuer, invitedBy: invited?.createdBy },
  });
  await notifyChange(tx, "person", user.id);
  return { ok: true, userId: user.id, name };
}

async function enter(tx: Transaction, admission: Admission, user: User): Promise<Admitted> {
  await auditRole(tx, admission, user, await followRole(tx, admission, user));
  return { ok: true, userId: user.id, name: user.name };
}

/** Where the provider has a say in roles, its role of now; null when nothing changes. The last admin stays one. Its lock comes before those of the audit. */
async function followRole(tx: Transaction, { identity }: Admission, user: User): Promise<{ before: Role; after: Role } | null> {
  const before = toRole(user.role);
  const after = identity.role;
  if (after === null || after === before || (await isLastAdmin(tx, user.id, before))) return null;
  await tx.user.update({ where: { id: user.id }, data: { role: after } });
  return { before, after };
}

async function auditRole(tx: Transaction, { from }: Admission, user: User, changed: { before: Role; after: Role } | null): Promise<void> {
  if (!changed) return;
  await audit(tx, {
    by: { id: null, name: "Single sign-on", from },
    action: "person.setRole",
    entity: "person",
    entityId: user.id,
    entityName: user.name,
    before: { role: changed.before },
    after: { role: changed.after },
  });
  await notifyChange(tx, "person", user.id);
}

async function isLastAdmin(tx: Transaction, id: string, role: Role): Promise<boolean> {
  if (role !== "admin") return false;
  await lockAdmins(tx);
  return (await tx.user.count({ where: { role: "admin", id: { not: id } } })) === 0;
}

/** Tokens of the provider are not kept: nothing is asked in the person's name later. */
async function createAccount(tx: Transaction, { settings, identity }: Admission, userId: string): Promise<void> {
  await tx.account.create({ data: { id: randomUUID(), accountId: identity.subject, providerId: signOnProviderId(settings.issuer), userId } });
}
