import { notifyChanges } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** A collector that has gone may come back with its next try to connect. */
const AWAY_MS = 15_000;
/** Those that are connected are noted down more often than that; where they are not, the replica that held them is gone. */
const UNSEEN_MS = 45_000;

/** Replays that no collector has anything more to say of are over: each has said its last word, or is not connected. */
export async function endFinishedReplays({ ctx }: { ctx: ServiceContext }): Promise<void> {
  authorise(ctx, "keepHouse");
  const now = new Date(ctx.ports.nowMs());
  if ((await ctx.db.shadow.findFirst({ where: { kind: "replay", stoppedAt: null, endsAt: { gt: now } }, select: { id: true } })) === null) return;
  const away = new Date(now.getTime() - AWAY_MS);
  const unseen = new Date(now.getTime() - UNSEEN_MS);
  await ctx.db.$transaction(async (tx) => {
    const ended = await tx.$queryRaw<{ id: string }[]>`
      UPDATE "Shadow" SET "endsAt" = ${now}::timestamptz
      WHERE "kind" = 'replay' AND "stoppedAt" IS NULL AND "endsAt" > ${now}::timestamptz AND NOT EXISTS (
        SELECT FROM unnest("Shadow"."collectorIds") AS "wanted"("id")
        JOIN "Collector" ON "Collector"."id" = "wanted"."id"
        LEFT JOIN "ShadowReport" ON "ShadowReport"."shadowId" = "Shadow"."id" AND "ShadowReport"."collectorId" = "wanted"."id"
        WHERE "ShadowReport"."done" IS NOT TRUE
        AND "Collector"."lastSeenAt" > CASE WHEN "Collector"."replica" IS NULL THEN ${away}::timestamptz ELSE ${unseen}::timestamptz END
      )
      RETURNING "id"`;
    const ids = ended.map(({ id }) => id);
    await notifyChanges(tx, "shadow", ids);
  });
}
