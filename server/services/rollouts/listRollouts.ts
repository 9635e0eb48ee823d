import type { RolloutList } from "#domain/fleet/rollout/rolloutView.ts";
import { readRolloutHeads } from "../../db/rolloutRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ListRolloutsInput, listRolloutsSchema } from "./rolloutInput.ts";
import { showRollout } from "./showRollout.ts";

const NONE = { heads: [], count: 0 };

/** Live ones, then those that ended, newest first. */
export async function listRollouts({ ctx, input: untrusted }: Call<ListRolloutsInput | undefined>): Promise<RolloutList> {
  authorise(ctx, "look");
  const { groupId, outcome, before, limit } = parseInput(listRolloutsSchema, untrusted);
  const live = outcome === undefined || outcome === "live" ? await readRolloutHeads(ctx.db, { isLive: true, groupId }) : NONE;
  const ended = outcome === "live" ? NONE : await readRolloutHeads(ctx.db, { isLive: false, groupId, before, phase: outcome }, limit + 1);
  const show = ({ heads }: Awaited<ReturnType<typeof readRolloutHeads>>) => heads.map(({ row, groupName }) => showRollout(row, groupName));
  return { live: show(live), ended: show(ended).slice(0, limit), more: ended.count > limit };
}
