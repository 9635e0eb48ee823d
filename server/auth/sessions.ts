import { createHash } from "node:crypto";
import type { Role, RoleGrants } from "#domain/auth/role.ts";
import type { Database } from "../db/database.ts";
import { grantsOf } from "../db/roleGrants.ts";
import { toRole } from "../db/toRole.ts";
import { isDatabaseDown } from "../errors/databaseErrors.ts";
import type { Auth } from "./auth.ts";

export type SignedIn = { id: string; name: string; email: string; role: Role; grants: RoleGrants; sessionId: string };

const FRESH_MS = 10_000;
const KEPT_MS = 15 * 60_000;
const SESSIONS_MAX = 5_000;
const LAST_SEEN_EVERY_MS = 5 * 60_000;

type Entry = { person: SignedIn | null; readAtMs: number; expiresAtMs: number };

export type Sessions = {
  /** Who the cookies belong to, null for nobody. Throws when the database is down and the session was not seen lately. */
  personOf(headers: Headers): Promise<SignedIn | null>;
  forgetAll(): void;
};

/**
 * Who is signed in. What was read is good for 10 s, and while the database is down for 15 min, so that live data
 * goes on; a change to any person makes every replica read again.
 */
export function createSessions({ auth, db, nowMs }: { auth: Auth; db: Database; nowMs: () => number }): Sessions {
  const entries = new Map<string, Entry>();

  async function read(headers: Headers): Promise<Entry> {
    const session = await auth.api.getSession({ headers });
    if (!session) return { person: null, readAtMs: nowMs(), expiresAtMs: 0 };
    const { id, name, email } = session.user;
    const row = await db.user.findUnique({ where: { id }, select: { role: true, lastSeenAt: true } });
    if (!row) return { person: null, readAtMs: nowMs(), expiresAtMs: 0 };
    if (nowMs() - (row.lastSeenAt?.getTime() ?? 0) > LAST_SEEN_EVERY_MS) await db.user.updateMany({ where: { id }, data: { lastSeenAt: new Date(nowMs()) } });
    if (nowMs() - session.session.updatedAt.getTime() > LAST_SEEN_EVERY_MS)
      await db.session.updateMany({ where: { id: session.session.id }, data: { updatedAt: new Date(nowMs()) } });
    return {
      person: { id, name, email, role: toRole(row.role), grants: await grantsOf(db, id), sessionId: session.session.id },
      readAtMs: nowMs(),
      expiresAtMs: session.session.expiresAt.getTime(),
    };
  }

  return {
    async personOf(headers) {
      const cookie = headers.get("cookie");
      if (!cookie?.includes("headgate.session_token")) return null;
      const key = createHash("sha256").update(cookie).digest("base64url");
      const known = entries.get(key);
      const now = nowMs();
      if (known && now - known.readAtMs < FRESH_MS && (known.person === null || known.expiresAtMs > now)) return known.person;
      try {
        const entry = await read(headers);
        entries.delete(key);
        entries.set(key, entry);
        for (const oldest of entries.keys()) {
          if (entries.size <= SESSIONS_MAX) break;
          entries.delete(oldest);
        }
        return entry.person;
      } catch (error) {
        const usable = known?.person && isDatabaseDown(error) && now - known.readAtMs < KEPT_MS && known.expiresAtMs > now;
        if (usable) return known.person;
        throw error;
      }
    },
    forgetAll() {
      for (const entry of entries.values()) entry.readAtMs = Math.min(entry.readAtMs, nowMs() - FRESH_MS);
    },
  };
}
