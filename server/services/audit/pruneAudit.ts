import { audit } from "../../db/audit.ts";
import { pruneAuditEvents } from "../../db/pruneAuditEvents.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const AUDIT_KEPT_DAYS = 400;
/** So many at a time, so that nobody waits long who wants to write one. */
const EVENTS_AT_ONCE_MAX = 10_000;

/** Lets events go that are older than 400 days: always from the beginning of the chain, with a checkpoint, and with an event that says so. Returns how many. */
export async function pruneAudit({ ctx }: { ctx: ServiceContext }): Promise<number> {
  const by = authorise(ctx, "keepHouse");
  const before = new Date(ctx.ports.nowMs() - AUDIT_KEPT_DAYS * 86_400_000);
  return ctx.db.$transaction(async (tx) => {
    const pruned = await pruneAuditEvents(tx, before, EVENTS_AT_ONCE_MAX);
    if (!pruned) return 0;
    await audit(tx, { by, action: "audit.prune", entity: "audit", detail: pruned });
    return pruned.events;
  });
}
