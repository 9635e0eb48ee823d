import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { newSecret } from "./newSecret.ts";
import { webhookOrThrow } from "./webhookOrThrow.ts";

const BOTH_VALID_MS = 86_400_000;

/** A new secret; for a day every message is signed with both. It is given out here, and never again. */
export async function rotateSecret({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string; secret: string; previousUntilMs: number }> {
  const by = authorise(ctx, "manageWebhooks");
  const { id } = parseInput(byIdSchema, untrusted);
  const secret = newSecret(ctx.ports);
  return ctx.db.$transaction(async (tx) => {
    const { name, secret: before } = await webhookOrThrow(tx, id);
    const previousUntilMs = ctx.ports.nowMs() + BOTH_VALID_MS;
    await tx.webhookEndpoint.update({
      where: { id },
      data: { secret: ctx.ports.seal.seal(secret), previousSecret: before, previousUntil: new Date(previousUntilMs) },
    });
    await audit(tx, { by, action: "webhook.rotateSecret", entity: "webhook", entityId: id, entityName: name });
    await notifyChange(tx, "webhook", id);
    return { id, secret, previousUntilMs };
  });
}
