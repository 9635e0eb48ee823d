import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { closeEnded } from "./closeEnded.ts";

const CLOSED_KEPT_DAYS = 400;

/** By the clock: closes requests whose time is over, and lets those go that were closed long ago. Returns how many were closed. */
export async function closeEndedRequests({ ctx }: { ctx: ServiceContext }): Promise<number> {
  authorise(ctx, "keepHouse");
  const nowMs = ctx.ports.nowMs();
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    await tx.changeRequest.deleteMany({ where: { state: { not: "pending" }, decidedAt: { lt: new Date(nowMs - CLOSED_KEPT_DAYS * 86_400_000) } } });
    return closeEnded(tx, nowMs);
  });
}
