import { canonicalJson } from "#domain/fleet/configHash.ts";
import { readRunningShadows } from "../../db/shadowRows.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** `policy`: canonical JSON. */
export type RunningShadow = { id: string; policy: string; collectorIds: ReadonlySet<string>; endsAtMs: number };

/** What collectors shall try now. */
export async function runningShadows({ ctx }: { ctx: ServiceContext }): Promise<RunningShadow[]> {
  authorise(ctx, "keepHouse");
  const shadows = await readRunningShadows(ctx.db, ctx.ports.nowMs());
  return shadows.map(({ id, policy, collectorIds, endsAtMs }) => ({ id, policy: canonicalJson(policy), collectorIds: new Set(collectorIds), endsAtMs }));
}
