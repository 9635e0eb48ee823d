import { agentInWords } from "#domain/auth/agentInWords.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { ownSession } from "./ownSession.ts";

const SESSIONS_SHOWN = 100;

/** `agent` in words; `ip` is null where it is not known. */
export type SessionListItem = {
  id: string;
  isThis: boolean;
  signedInAtMs: number;
  lastUsedAtMs: number;
  expiresAtMs: number;
  ip: string | null;
  agent: string;
};

/** The caller's own sessions that are good, the one that asks first, then the newest. */
export async function listSessions({ ctx }: { ctx: ServiceContext }): Promise<SessionListItem[]> {
  authorise(ctx, "ownAccount");
  const { personId, sessionId } = ownSession(ctx);
  const rows = await ctx.db.session.findMany({
    where: { userId: personId, expiresAt: { gt: new Date(ctx.ports.nowMs()) } },
    orderBy: { createdAt: "desc" },
    take: SESSIONS_SHOWN,
  });
  const items = rows.map(({ id, createdAt, updatedAt, expiresAt, ipAddress, userAgent }) => ({
    id,
    isThis: id === sessionId,
    signedInAtMs: createdAt.getTime(),
    lastUsedAtMs: updatedAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
    ip: ipAddress || null,
    agent: agentInWords(userAgent),
  }));
  return items.sort((a, b) => Number(b.isThis) - Number(a.isThis));
}
