import { z } from "zod";
import { type BreakGlassEstimate, type BreakGlassView, breakGlassInWords, keptCostMicroUsd } from "#domain/fleet/breakGlass.ts";
import { keepAllConditionSchema } from "#domain/fleet/keepAll.ts";
import { selects } from "../../db/breakGlassRows.ts";
import { authorise, may } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";

const PAST_MAX = 100;
const PROBLEMS_TOLD_MAX = 20;
const listSchema = z.strictObject({ past: z.boolean().default(false) }).default({ past: false });
export type ListBreakGlassInput = z.input<typeof listSchema>;
export type BreakGlassList = { live: BreakGlassView[]; past: BreakGlassView[]; mayBreakGlass: boolean; nowMs: number };

/** Those that hold now, oldest first; with `past` the latest hundred that ended too, newest first. */
export async function listBreakGlass({ ctx, input: untrusted }: Call<ListBreakGlassInput>): Promise<BreakGlassList> {
  authorise(ctx, "look");
  const { past } = parseInput(listSchema, untrusted);
  const nowMs = ctx.ports.nowMs();
  const now = new Date(nowMs);
  const counts = { include: { counts: true } };
  const live = await ctx.db.breakGlass.findMany({ where: { endedAt: null, endsAt: { gt: now } }, orderBy: { id: "asc" }, ...counts });
  const ended = { OR: [{ endedAt: { not: null } }, { endsAt: { lte: now } }] };
  const before = past ? await ctx.db.breakGlass.findMany({ where: ended, orderBy: { id: "desc" }, take: PAST_MAX, ...counts }) : [];
  const collectors = ctx.ports.live.rows();
  const nameOf = new Map(collectors.map(({ id, name }) => [id, name]));
  const toView = (row: (typeof live)[number]): BreakGlassView => {
    const condition = keepAllConditionSchema.parse(row.condition);
    const spans = row.counts.reduce((sum, count) => sum + count.spans, 0);
    const bytes = row.counts.reduce((sum, count) => sum + count.bytes, 0);
    const newest = newestOfEach(row.counts);
    return {
      id: row.id,
      what: breakGlassInWords(condition, row.selector),
      condition,
      selector: row.selector,
      reason: row.reason,
      byName: row.byName,
      startedAtMs: row.startedAt.getTime(),
      endsAtMs: row.endsAt.getTime(),
      endedAtMs: row.endedAt?.getTime() ?? (row.endsAt <= now ? row.endsAt.getTime() : null),
      endedBy: row.endedBy,
      isSettled: row.toldAt !== null,
      kept: row.counts.length === 0 ? null : { spans, bytes, costMicroUsd: keptCostMicroUsd(bytes, Number(row.microUsdPerGb)) },
      estimate: row.estimate as BreakGlassEstimate,
      collectors: {
        selected: collectors.filter(({ state, labels }) => state !== "offline" && selects(row.selector, labels)).length,
        active: newest.filter(({ active }) => active).length,
        problems: newest
          .filter(({ problem }) => problem !== "")
          .slice(0, PROBLEMS_TOLD_MAX)
          .map(({ collectorId, problem }) => ({ collector: nameOf.get(collectorId) ?? collectorId, problem })),
      },
    };
  };
  return { live: live.map(toView), past: before.map(toView), mayBreakGlass: may(ctx, "breakGlass"), nowMs };
}

/** What the newest process of each collector said. */
function newestOfEach<T extends { collectorId: string; processStartMs: bigint }>(counts: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const count of counts) {
    const known = newest.get(count.collectorId);
    if (known === undefined || known.processStartMs < count.processStartMs) newest.set(count.collectorId, count);
  }
  return [...newest.values()];
}
