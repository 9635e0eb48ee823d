import { openStageOf } from "#domain/fleet/rollout/rollout.ts";
import { plannedMembers } from "#domain/fleet/rollout/stageMembers.ts";
import { readLiveRollouts } from "../../db/rolloutRows.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** A live rollout, as whoever measures for it needs it. */
export type WatchedRollout = {
  number: number;
  windowMs: number;
  /** Null before the first stage has opened. */
  stage: number | null;
  openedAtMs: number | null;
  /** Collectors that it is for: those that are changed, and the others. */
  changed: string[];
  control: string[];
  /** Who is changed once each stage is open, as far as that can be told before; none once the second stage has opened. */
  planned: () => string[][];
};

/** Every live rollout. */
export async function watchedRollouts({ ctx }: { ctx: ServiceContext }): Promise<WatchedRollout[]> {
  authorise(ctx, "keepHouse");
  const live = await readLiveRollouts(ctx.db);
  if (live.length === 0) return [];
  const nowMs = ctx.ports.nowMs();
  // Only before a rollout's second stage opens is it asked who is connected.
  const isEarly = live.some(({ state }) => (openStageOf(state) ?? 0) === 0);
  const connected = isEarly ? await ctx.db.collector.findMany({ where: { replica: { not: null } }, select: { id: true } }) : [];
  const isConnected = new Set(connected.map(({ id }) => id));
  const watched: WatchedRollout[] = [];
  for (const { number, state } of live) {
    const scope = await ctx.ports.rolloutScopes.read(ctx.db, number, nowMs);
    const members = new Set(state.members.map(({ id }) => id));
    const stage = openStageOf(state);
    watched.push({
      number,
      windowMs: state.plan.gates.windowSeconds * 1_000,
      stage,
      openedAtMs: stage === null ? null : state.times[stage].openedAtMs,
      changed: scope.filter((id) => members.has(id)),
      control: scope.filter((id) => !members.has(id)),
      planned: () =>
        (stage ?? 0) > 0
          ? []
          : plannedMembers(
              state.id,
              state.plan,
              scope.filter((id) => isConnected.has(id)),
            ),
    });
  }
  return watched;
}
