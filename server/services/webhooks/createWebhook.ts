import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { newSecret } from "./newSecret.ts";
import { type CreateWebhookInput, createWebhookSchema } from "./webhookInput.ts";

const WEBHOOKS_MAX = 50;

/** The secret is given out here, and never again. */
export async function createWebhook({ ctx, input: untrusted }: Call<CreateWebhookInput>): Promise<{ id: string; secret: string }> {
  const by = authorise(ctx, "manageWebhooks");
  const { name, url, events } = parseInput(createWebhookSchema, untrusted);
  const secret = newSecret(ctx.ports);
  return ctx.db.$transaction(async (tx) => {
    if ((await tx.webhookEndpoint.count()) >= WEBHOOKS_MAX) throw new AppError("TOO_MANY", `there are ${WEBHOOKS_MAX} webhooks already; remove one first`);
    const { id } = await tx.webhookEndpoint.create({
      data: { name, url, events, secret: ctx.ports.seal.seal(secret), createdBy: by.name },
      select: { id: true },
    });
    await audit(tx, { by, action: "webhook.create", entity: "webhook", entityId: id, entityName: name, after: { name, url, events, state: "active" } });
    await notifyChange(tx, "webhook", id);
    return { id, secret };
  });
}
