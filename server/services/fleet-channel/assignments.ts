import { readTargets } from "../../db/targets.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

export type Assignment = { revision: number; hash: string };

/** What each of these collectors shall run now, by its id. One that is not known any more is missing, and all are before the first boot has finished. */
export async function assignments({ ctx, input }: Call<{ collectorIds: readonly string[] }>): Promise<Map<string, Assignment>> {
  authorise(ctx, "keepHouse");
  const targets = await readTargets(ctx.db, ctx.ports.nowMs(), input.collectorIds);
  return new Map(
    [...targets].flatMap(([id, { revision }]): [string, Assignment][] => (revision ? [[id, { revision: revision.number, hash: revision.hash }]] : [])),
  );
}
