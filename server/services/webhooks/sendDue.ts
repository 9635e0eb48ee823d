import { randomUUID } from "node:crypto";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { sendOne } from "./sendOne.ts";

const AT_ONCE_MAX = 16;
/** Longer than a try may take; whoever dies meanwhile leaves the message to another process. */
const LEASE_MS = 60_000;

/** By the clock: sends what is due. Each message is one process' alone while its lease lasts; a process that dies in between has it sent once more, with the same id. */
export async function sendDue({ ctx }: { ctx: ServiceContext }): Promise<number> {
  authorise(ctx, "keepHouse");
  const { db, ports } = ctx;
  const now = new Date(ports.nowMs());
  const due = { state: "pending", nextTryAt: { lte: now }, endpoint: { state: "active" } };
  if ((await db.webhookDelivery.findFirst({ where: due, select: { id: true } })) === null) return 0;
  const lease = randomUUID();
  const leased = await db.$queryRaw<{ id: string }[]>`
    UPDATE "WebhookDelivery" SET "leasedBy" = ${lease}, "leasedUntil" = ${new Date(now.getTime() + LEASE_MS)}::timestamptz
    WHERE "id" IN (
      SELECT waiting."id" FROM "WebhookDelivery" waiting JOIN "WebhookEndpoint" endpoint ON endpoint."id" = waiting."endpointId"
      WHERE waiting."state" = 'pending' AND endpoint."state" = 'active' AND waiting."nextTryAt" <= ${now}::timestamptz
        AND (waiting."leasedUntil" IS NULL OR waiting."leasedUntil" < ${now}::timestamptz)
      ORDER BY waiting."nextTryAt" LIMIT ${AT_ONCE_MAX} FOR UPDATE OF waiting SKIP LOCKED)
    RETURNING "id"`;
  await Promise.all(leased.map(({ id }) => sendOne(ctx, id, lease)));
  return leased.length;
}
