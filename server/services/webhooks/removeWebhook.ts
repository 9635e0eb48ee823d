import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { webhookOrThrow } from "./webhookOrThrow.ts";

/** With what waits for it and its log. */
export async function removeWebhook({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const by = authorise(ctx, "manageWebhooks");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const { name, url } = await webhookOrThrow(tx, id);
    await tx.webhookEndpoint.delete({ where: { id } });
    await audit(tx, { by, action: "webhook.remove", entity: "webhook", entityId: id, entityName: name, before: { name, url } });
    await notifyChange(tx, "webhook", id);
    return { id };
  });
}
