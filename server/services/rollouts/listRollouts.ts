import type { RolloutList } from "#domain/fleet/rollout/rolloutView.ts";
import { toRolloutRow } from "../../db/rolloutRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ListRolloutsInput, listRolloutsSchema } from "./rolloutInput.ts";
import { showRollout } from "./showRollout.ts";

/** Live ones, then those that ended, newest first. */
export async function listRollouts({ ctx, input: untrusted }: Call<ListRolloutsInput | undefined>): Promise<RolloutList> {
  authorise(ctx, "look");
  const { groupId, outcome, before, limit } = parseInput(listRolloutsSchema, untrusted);
  const include = { group: { select: { name: true } } };
  const omit = { others: true } as const;
  const live =
    outcome === undefined || outcome === "live"
      ? await ctx.db.rollout.findMany({ where: { isLive: true, groupId }, orderBy: { number: "desc" }, include, omit })
      : [];
  const where = { isLive: false, groupId, number: { lt: before }, phase: outcome };
  const ended = outcome === "live" ? [] : await ctx.db.rollout.findMany({ where, orderBy: { number: "desc" }, take: limit + 1, include, omit });
  const show = (rows: typeof live) =>
    rows.flatMap((row) => {
      const rollout = toRolloutRow(row);
      return rollout ? [showRollout(rollout, row.group.name)] : [];
    });
  return { live: show(live), ended: show(ended.slice(0, limit)), more: ended.length > limit };
}
