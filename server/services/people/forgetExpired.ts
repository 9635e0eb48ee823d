import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const AUDIT_KEPT_DAYS = 400;

/** Sessions and links that have expired, and audit entries older than 400 days. */
export async function forgetExpired({ ctx }: { ctx: ServiceContext }): Promise<void> {
  authorise(ctx, "admin");
  const now = ctx.ports.nowMs();
  await ctx.db.session.deleteMany({ where: { expiresAt: { lt: new Date(now) } } });
  await ctx.db.verification.deleteMany({ where: { expiresAt: { lt: new Date(now) } } });
  await ctx.db.oneTimeLink.deleteMany({ where: { expiresAt: { lt: new Date(now - 30 * 86_400_000) } } });
  await ctx.db.auditEvent.deleteMany({ where: { at: { lt: new Date(now - AUDIT_KEPT_DAYS * 86_400_000) } } });
}
