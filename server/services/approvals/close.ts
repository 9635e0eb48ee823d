import { audit } from "../../db/audit.ts";
import type { ChangeRequest } from "../../db/changeRequests.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import type { Caller } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const VERBS = { applied: "approve", rejected: "reject", withdrawn: "withdraw" };

type Ending = { request: ChangeRequest; caller: Caller };
type Closing = { revision?: number | null; reason?: string };

/** Writes down how a request ended and who decided, with its event. */
export async function close(
  ctx: ServiceContext,
  tx: Transaction,
  { request, caller }: Ending,
  state: keyof typeof VERBS,
  { revision = null, reason }: Closing,
): Promise<void> {
  const decided = { decidedById: caller.id, decidedByName: caller.name, decidedAt: new Date(ctx.ports.nowMs()) };
  await tx.changeRequest.update({ where: { id: request.id }, data: { state, revision, reason: reason ?? null, ...decided } });
  await audit(tx, {
    by: caller,
    action: `approval.${VERBS[state]}`,
    entity: "approval",
    entityId: request.id,
    entityName: request.title,
    before: { state: "pending" },
    after: { state, ...(revision !== null && { revision }) },
    detail: { askedBy: request.askedByName, ...(reason !== undefined && { reason }) },
  });
  await notifyChange(tx, "approval", request.id);
}
