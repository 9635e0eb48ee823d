import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { SampleTrafficState, ServiceContext } from "../context.ts";

export async function stopSampleTraffic({ ctx }: { ctx: ServiceContext }): Promise<SampleTrafficState> {
  const caller = authorise(ctx, "editFleet");
  const before = ctx.ports.sampleTraffic.current().state;
  const state = ctx.ports.sampleTraffic.stop();
  await ctx.db.$transaction(async (tx) => {
    await audit(tx, { by: caller, action: "sampleTraffic.stop", entity: "sampleTraffic", before, after: "stopped" });
    await notifyChange(tx, "sampleTraffic");
  });
  return state;
}
