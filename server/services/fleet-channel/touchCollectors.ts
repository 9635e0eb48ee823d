import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** Heartbeats of all connected collectors in one statement. */
export async function touchCollectors({ ctx, input }: Call<{ ids: string[]; replica: string; everReceived: string[] }>): Promise<void> {
  authorise(ctx, "keepHouse");
  const { ids, replica, everReceived } = input;
  if (ids.length > 0) await ctx.db.collector.updateMany({ where: { id: { in: ids }, replica }, data: { lastSeenAt: new Date(ctx.ports.nowMs()) } });
  if (everReceived.length > 0) await ctx.db.collector.updateMany({ where: { id: { in: everReceived }, everReceived: false }, data: { everReceived: true } });
}
