import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** False once its credential was revoked or the collector was forgotten. */
export async function isCollectorAllowed({ ctx, input }: Call<{ collectorId: string }>): Promise<boolean> {
  authorise(ctx, "keepHouse");
  const collector = await ctx.db.collector.findUnique({ where: { id: input.collectorId }, select: { credentialRevokedAt: true } });
  return collector !== null && collector.credentialRevokedAt === null;
}
