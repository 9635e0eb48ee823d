import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** Those of these collectors that may be connected; not one whose credential was revoked, or that was forgotten. */
export async function allowedCollectors({ ctx, input }: Call<{ collectorIds: string[] }>): Promise<Set<string>> {
  authorise(ctx, "keepHouse");
  const rows = await ctx.db.collector.findMany({ where: { id: { in: input.collectorIds }, credentialRevokedAt: null }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}
