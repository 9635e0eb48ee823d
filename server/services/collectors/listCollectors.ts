import type { CollectorRow } from "#domain/telemetry/live.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export function listCollectors({ ctx }: { ctx: ServiceContext }): CollectorRow[] {
  authorise(ctx, "look");
  return ctx.ports.live.rows();
}
