import { configHash } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import { newestRevision } from "../../db/documentRows.ts";
import { assembleConfig } from "../../db/newestConfig.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/**
 * A version that knows more settings makes another document, and so another hash, of the same stored parts. Collectors compare by hash, so the newest
 * revision gets the one that this version computes; earlier revisions keep theirs, which is what collectors ran. Returns both when it was another one.
 */
export async function renewNewestHash({ ctx }: { ctx: ServiceContext }): Promise<{ revision: number; before: string; hash: string } | null> {
  const by = authorise(ctx, "admin");
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const newest = await newestRevision(tx);
    if (!newest) return null;
    const hash = configHash(await assembleConfig(tx, newest, ctx.ports.seal));
    if (hash === newest.hash) return null;
    await tx.revision.update({ where: { number: newest.number }, data: { hash } });
    const detail = { before: newest.hash, hash, reason: "this version of Headgate knows more settings" };
    await audit(tx, { by, action: "revision.rehash", entity: "revision", entityId: String(newest.number), detail });
    await notifyChange(tx, "revision", String(newest.number));
    return { revision: newest.number, before: newest.hash, hash };
  });
}
