import { replayGates } from "#domain/fleet/rollout/replayGates.ts";
import { GATES } from "#domain/fleet/rollout/rollout.ts";
import type { GateReplay } from "#domain/fleet/rollout/rolloutView.ts";
import { isWithoutControl } from "#domain/fleet/rollout/rolloutWindow.ts";
import { toRolloutRow } from "../../db/rolloutRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { type ReplayGatesInput, replayGatesSchema } from "./rolloutInput.ts";
import { readStageWindows } from "./rolloutWindows.ts";

const ROLLOUTS_MAX = 10;

/** How these gates would have judged the last ten rollouts of the group that have ended, on the figures that are kept of them. */
export async function replayRolloutGates({ ctx, input: untrusted }: Call<ReplayGatesInput>): Promise<GateReplay> {
  authorise(ctx, "look");
  const { groupId, gates: settings } = parseInput(replayGatesSchema, untrusted);
  await groupOrThrow(ctx.db, groupId);
  const found = await ctx.db.rollout.findMany({ where: { groupId, isLive: false }, orderBy: { number: "desc" }, take: ROLLOUTS_MAX });
  const replay: GateReplay = { rollouts: 0, sinceMs: null, coveredMs: 0, gates: GATES.map((gate) => ({ gate, fired: [] })) };
  for (const row of found.flatMap((one) => toRolloutRow(one) ?? [])) {
    const { plan, times } = row.state;
    const firstOf = new Map<string, number>();
    for (const [stage, { appliedAtMs }] of times.entries()) {
      const { before, since } = await readStageWindows(ctx.db, row, stage);
      replay.coveredMs += since.length * plan.gates.windowSeconds * 1_000;
      const fired = replayGates({
        settings,
        before,
        since,
        appliedAtMs,
        isLast: stage === plan.stages.length - 1 || isWithoutControl(since),
        forecast: row.forecast,
      });
      for (const [gate, atMs] of fired) if (!firstOf.has(gate)) firstOf.set(gate, atMs);
    }
    replay.rollouts++;
    replay.sinceMs = row.startedAtMs;
    for (const one of replay.gates) {
      const atMs = firstOf.get(one.gate);
      if (atMs !== undefined) one.fired.push({ number: row.number, atMs });
    }
  }
  return replay;
}
