import { randomUUID } from "node:crypto";
import { audit } from "../../db/audit.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { queueFor } from "../notify/notify.ts";
import { parseInput } from "../parseInput.ts";
import { sendOne, type WebhookTry } from "./sendOne.ts";
import { webhookOrThrow } from "./webhookOrThrow.ts";

const LEASE_MS = 60_000;

/** Sends a test message at once and gives what came of it; when it failed it is tried again as any other. */
export async function testWebhook({ ctx, input: untrusted }: Call<ByIdInput>): Promise<WebhookTry> {
  const by = authorise(ctx, "manageWebhooks");
  const { id } = parseInput(byIdSchema, untrusted);
  const lease = randomUUID();
  const nowMs = ctx.ports.nowMs();
  const message = await ctx.db.$transaction(async (tx) => {
    const { name } = await webhookOrThrow(tx, id);
    const queued = await queueFor(tx, id, { kind: "test", atMs: nowMs, path: "/settings/webhooks", by: by.name });
    if (queued === null) throw new AppError("TOO_MANY", "too many messages wait for it already; see its log");
    await tx.webhookDelivery.update({ where: { id: queued }, data: { leasedBy: lease, leasedUntil: new Date(nowMs + LEASE_MS) } });
    await audit(tx, { by, action: "webhook.test", entity: "webhook", entityId: id, entityName: name });
    return queued;
  });
  const tried = await sendOne(ctx, message, lease);
  if (tried === null) throw new AppError("CONFLICT", "the webhook was removed meanwhile");
  return tried;
}
