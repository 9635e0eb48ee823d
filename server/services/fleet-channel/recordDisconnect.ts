import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** The stream has ended; `lost`: not because we ended it. When another replica holds the collector by now, nothing changes. */
export async function recordDisconnect({ ctx, input }: Call<{ collectorId: string; replica: string; lost: boolean }>): Promise<void> {
  authorise(ctx, "keepHouse");
  await ctx.db.$transaction(async (tx) => {
    const data = { replica: null, lastSeenAt: new Date(ctx.ports.nowMs()), ...(input.lost && { streamsLost: { increment: 1 } }) };
    const updated = await tx.collector.updateMany({ where: { id: input.collectorId, replica: input.replica }, data });
    if (updated.count > 0) await notifyChange(tx, "collector", input.collectorId);
  });
}
