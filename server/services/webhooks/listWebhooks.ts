import type { EventKind } from "#domain/notify/events.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type WebhookView = {
  id: string;
  name: string;
  url: string;
  events: EventKind[];
  state: "active" | "paused";
  createdBy: string;
  createdAtMs: number;
  /** Until then the secret before the newest is valid too; null: only one is. */
  previousSecretUntilMs: number | null;
  waiting: number;
  failed: number;
  /** Events that were not queued, because too many waited. */
  leftOut: number;
};

export async function listWebhooks({ ctx }: { ctx: ServiceContext }): Promise<WebhookView[]> {
  authorise(ctx, "manageWebhooks");
  const nowMs = ctx.ports.nowMs();
  const rows = await ctx.db.webhookEndpoint.findMany({ orderBy: { name: "asc" } });
  const counts = await ctx.db.webhookDelivery.groupBy({ by: ["endpointId", "state"], _count: { _all: true } });
  const countOf = (id: string, state: string) => counts.find((one) => one.endpointId === id && one.state === state)?._count._all ?? 0;
  return rows.map(({ id, name, url, events, state, createdBy, createdAt, previousUntil, leftOut }) => ({
    ...{ id, name, url, createdBy, leftOut },
    events: events as EventKind[],
    state: state as "active" | "paused",
    createdAtMs: createdAt.getTime(),
    previousSecretUntilMs: previousUntil !== null && previousUntil.getTime() > nowMs ? previousUntil.getTime() : null,
    waiting: countOf(id, "pending"),
    failed: countOf(id, "failed"),
  }));
}
