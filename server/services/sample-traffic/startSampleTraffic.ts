import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { SampleTrafficState, ServiceContext } from "../context.ts";

/** Starts the generator of sample traffic, aimed at the connected collectors on this machine. Everything it sends is labelled as sample. */
export async function startSampleTraffic({ ctx }: { ctx: ServiceContext }): Promise<SampleTrafficState> {
  const caller = authorise(ctx, "editFleet");
  await ctx.db.$transaction(async (tx) => {
    await audit(tx, { by: caller, action: "sampleTraffic.start", entity: "sampleTraffic", before: ctx.ports.sampleTraffic.current().state, after: "running" });
    await notifyChange(tx, "sampleTraffic");
  });
  return ctx.ports.sampleTraffic.start();
}
