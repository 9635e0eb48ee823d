import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type UpdateWebhookInput, updateWebhookSchema } from "./webhookInput.ts";
import { webhookOrThrow } from "./webhookOrThrow.ts";

/** Changes name, address and kinds, or pauses it: then nothing is queued for it, and what waits goes on waiting. */
export async function updateWebhook({ ctx, input: untrusted }: Call<UpdateWebhookInput>): Promise<{ id: string }> {
  const by = authorise(ctx, "manageWebhooks");
  const { id, ...next } = parseInput(updateWebhookSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const { name, url, events, state } = await webhookOrThrow(tx, id);
    await tx.webhookEndpoint.update({ where: { id }, data: next });
    await audit(tx, {
      by,
      action: "webhook.update",
      entity: "webhook",
      entityId: id,
      entityName: next.name,
      before: { name, url, events, state },
      after: next,
    });
    await notifyChange(tx, "webhook", id);
    return { id };
  });
}
