import { readShadows, type Shadow } from "../../db/shadowRows.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { SHADOWS_KEPT } from "./shadowInput.ts";
import { stateOfShadow } from "./stateOfShadow.ts";

export type ShadowItem = Omit<Shadow, "policy" | "collectorIds"> & { collectors: number; state: "running" | "ended" | "stopped" };

/** The latest comparisons, the newest first. */
export async function listShadows({ ctx }: { ctx: ServiceContext }): Promise<ShadowItem[]> {
  authorise(ctx, "look");
  const now = ctx.ports.nowMs();
  const shadows = await readShadows(ctx.db, SHADOWS_KEPT);
  return shadows.map(({ policy: _, collectorIds, ...shadow }) => ({ ...shadow, collectors: collectorIds.length, state: stateOfShadow(shadow, now) }));
}
