import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Sessions and links that have expired. */
export async function forgetExpired({ ctx }: { ctx: ServiceContext }): Promise<void> {
  authorise(ctx, "keepHouse");
  const now = ctx.ports.nowMs();
  await ctx.db.session.deleteMany({ where: { expiresAt: { lt: new Date(now) } } });
  await ctx.db.verification.deleteMany({ where: { expiresAt: { lt: new Date(now) } } });
  await ctx.db.oneTimeLink.deleteMany({ where: { expiresAt: { lt: new Date(now - 30 * 86_400_000) } } });
}
