import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Overrides whose time is over, also while no control plane ran: their collectors are sent their group's newest revision. Each is ended by one replica alone. */
export async function endExpiredOverrides({ ctx }: { ctx: ServiceContext }): Promise<void> {
  const by = authorise(ctx, "keepHouse");
  const expired = { expiresAt: { lte: new Date(ctx.ports.nowMs()) } };
  if ((await ctx.db.collectorOverride.findFirst({ where: expired, select: { collectorId: true } })) === null) return;
  await ctx.db.$transaction(async (tx) => {
    const overrides = await tx.collectorOverride.findMany({
      where: expired,
      include: { collector: { select: { name: true } } },
      orderBy: { collectorId: "asc" },
    });
    for (const { collectorId, revision, reason, authorName, collector } of overrides) {
      const { count } = await tx.collectorOverride.deleteMany({ where: { collectorId, revision } });
      if (count === 0) continue;
      const change = { before: { revision }, detail: { reason, by: authorName } };
      await audit(tx, { by, action: "collector.overrideExpired", entity: "collector", entityId: collectorId, entityName: collector.name, ...change });
      await notifyChange(tx, "collector", collectorId);
    }
    await notifyChange(tx, "group");
  });
}
