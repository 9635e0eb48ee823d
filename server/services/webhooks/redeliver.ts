import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** Sends a message once more, under the same id, with all its tries before it. CONFLICT while it is being sent. */
export async function redeliver({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const by = authorise(ctx, "manageWebhooks");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const row = await tx.webhookDelivery.findUnique({ where: { id }, include: { endpoint: { select: { id: true, name: true } } } });
    if (row === null) throw new AppError("NOT_FOUND", `there is no message with the id ${id}`);
    const now = new Date(ctx.ports.nowMs());
    const idle = { OR: [{ leasedUntil: null }, { leasedUntil: { lt: now } }] };
    const { count } = await tx.webhookDelivery.updateMany({ where: { id, ...idle }, data: { state: "pending", attempts: 0, nextTryAt: now, endedAt: null } });
    if (count === 0) throw new AppError("CONFLICT", "it is being sent at this moment");
    await audit(tx, {
      by,
      action: "webhook.redeliver",
      entity: "webhook",
      entityId: row.endpoint.id,
      entityName: row.endpoint.name,
      detail: { message: id, kind: row.kind },
    });
    await notifyChange(tx, "webhook", row.endpoint.id);
    return { id };
  });
}
