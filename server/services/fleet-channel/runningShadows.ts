import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { ShadowKind } from "#domain/sampling/compare/shadowReport.ts";
import { readDone, readRunningShadows } from "../../db/shadowRows.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** `policy`: canonical JSON. `done`: of a replay, the collectors that have nothing more to say of it. */
export type RunningShadow = {
  id: string;
  kind: ShadowKind;
  policy: string;
  backMs: number | null;
  collectorIds: ReadonlySet<string>;
  done: ReadonlySet<string>;
  endsAtMs: number;
};

/** What collectors shall try now. */
export async function runningShadows({ ctx }: { ctx: ServiceContext }): Promise<RunningShadow[]> {
  authorise(ctx, "keepHouse");
  const shadows = await readRunningShadows(ctx.db, ctx.ports.nowMs());
  const replays = shadows.filter(({ kind }) => kind === "replay").map(({ id }) => id);
  const done = await readDone(ctx.db, replays);
  return shadows.map(({ id, kind, policy, backMs, collectorIds, endsAtMs }) => {
    return { id, kind, policy: canonicalJson(policy), backMs, collectorIds: new Set(collectorIds), done: done.get(id) ?? new Set(), endsAtMs };
  });
}
