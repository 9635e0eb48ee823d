import type { MeasuredLoad } from "#domain/pipeline/checkAgainstPeak.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** What pipeline settings are checked against: how much any one collector kept in one second. Null when nothing was measured. */
export async function measuredLoad({ ctx }: { ctx: ServiceContext }): Promise<MeasuredLoad | null> {
  authorise(ctx, "look");
  return ctx.ports.live.load();
}
