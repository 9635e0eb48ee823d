import type { EventKind } from "#domain/notify/events.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { parseTries, type WebhookTry } from "./sendOne.ts";
import { type ListDeliveriesInput, listDeliveriesSchema } from "./webhookInput.ts";

const PAGE = 50;
export type DeliveryView = {
  id: string;
  endpointId: string;
  endpointName: string;
  kind: EventKind;
  state: "pending" | "delivered" | "failed";
  createdAtMs: number;
  /** When it is tried next; null once it has ended. */
  nextTryAtMs: number | null;
  tries: WebhookTry[];
};

/** Newest first, fifty; `before`: the last id of the page before. */
export async function listDeliveries({ ctx, input: untrusted }: Call<ListDeliveriesInput>): Promise<{ items: DeliveryView[]; hasMore: boolean }> {
  authorise(ctx, "manageWebhooks");
  const { endpointId, state, before } = parseInput(listDeliveriesSchema, untrusted);
  const where = { endpointId, state, ...(before !== undefined && { id: { lt: before } }) };
  const rows = await ctx.db.webhookDelivery.findMany({ where, orderBy: { id: "desc" }, take: PAGE + 1, include: { endpoint: { select: { name: true } } } });
  const items = rows.slice(0, PAGE).map((row) => ({
    id: row.id,
    endpointId: row.endpointId,
    endpointName: row.endpoint.name,
    kind: row.kind as EventKind,
    state: row.state as DeliveryView["state"],
    createdAtMs: row.createdAt.getTime(),
    nextTryAtMs: row.endedAt === null ? row.nextTryAt.getTime() : null,
    tries: parseTries(row.log),
  }));
  return { items, hasMore: rows.length > PAGE };
}
