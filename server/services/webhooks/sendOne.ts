import { z } from "zod";
import { type NotifyEvent, notifyEventSchema } from "#domain/notify/events.ts";
import { retryDelayMs } from "#domain/notify/retryDelay.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import type { ServiceContext } from "../context.ts";

const tryList = z.array(z.object({ atMs: z.number(), status: z.number().nullable(), tookMs: z.number(), error: z.string().nullable(), body: z.string() }));
export type WebhookTry = z.infer<typeof tryList>[number];

export function parseTries(json: unknown): WebhookTry[] {
  const parsed = tryList.safeParse(json);
  return parsed.success ? parsed.data : [];
}

/** Sends a message that this caller has leased as `lease`, and writes down what came of it. When the lease was lost meanwhile, nothing is written. */
export async function sendOne(ctx: ServiceContext, id: string, lease: string): Promise<WebhookTry | null> {
  const { db, ports } = ctx;
  const row = await db.webhookDelivery.findUnique({ where: { id }, include: { endpoint: true } });
  if (row === null) return null;
  const { endpoint } = row;
  const atMs = ports.nowMs();
  const previous =
    endpoint.previousSecret !== null && endpoint.previousUntil !== null && endpoint.previousUntil.getTime() > atMs ? [endpoint.previousSecret] : [];
  const secrets = [endpoint.secret, ...previous].map((sealed) => ports.seal.open(sealed));
  const event = notifyEventSchema.parse(row.event) as NotifyEvent;
  const { ok, status, body, error, tookMs } = await ports.webhooks.send({ id, url: endpoint.url, secrets, event });
  const tried: WebhookTry = { atMs, status, tookMs, error, body };
  const attempts = row.attempts + 1;
  const nowMs = ports.nowMs();
  const waitMs = ok ? null : retryDelayMs(attempts, Math.random());
  const after = ok
    ? { state: "delivered", endedAt: new Date(nowMs) }
    : waitMs === null
      ? { state: "failed", endedAt: new Date(nowMs) }
      : { state: "pending", nextTryAt: new Date(nowMs + waitMs) };
  await db.$transaction(async (tx) => {
    const { count } = await tx.webhookDelivery.updateMany({
      where: { id, leasedBy: lease },
      data: {
        ...after,
        attempts,
        log: toJson([...parseTries(row.log), tried]),
        firstTryAt: row.firstTryAt ?? new Date(atMs),
        leasedBy: null,
        leasedUntil: null,
      },
    });
    if (count > 0) await notifyChange(tx, "webhook", endpoint.id);
  });
  return tried;
}
