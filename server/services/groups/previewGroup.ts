import { z } from "zod";
import { compareGroups, DEFAULT_GROUP_ID, matchingGroups } from "#domain/fleet/membership.ts";
import { formatSelector, matchesSelector, parseSelector, type SelectorProblem } from "#domain/fleet/selector.ts";
import type { Revision } from "../../db/documentRows.ts";
import { type Group, newestRevisions, readGroups } from "../../db/groupRows.ts";
import { readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { prioritySchema } from "./groupInput.ts";
import { documentsOf, type RunningDocument } from "./listGroups.ts";

/** How many collectors of each kind are named; the counts have all of them. */
const NAMED_MAX = 50;

/** `id`: the group whose selector this would become; without it a new one's. */
const previewGroupSchema = z.strictObject({
  id: idSchema.optional(),
  selector: z.string("must be a text").max(10_000, "is too long"),
  priority: prioritySchema.default(0),
});
export type PreviewGroupInput = z.input<typeof previewGroupSchema>;

/** What a collector would run: a revision's number and its documents. Null before the first boot has finished. */
export type WouldRun = { revision: number; documents: RunningDocument[] } | null;
export type MovingCollector = { id: string; name: string; group: { id: string; name: string }; overridden: boolean };
export type GroupPreview =
  | { ok: false; problem: SelectorProblem }
  | {
      ok: true;
      /** The one way to write it. */
      selector: string;
      total: number;
      matched: number;
      members: number;
      /** What members would run. */
      runs: WouldRun;
      /** From the group that each is in now. */
      enter: { count: number; named: MovingCollector[] };
      /** To the group that each would be in. */
      leave: { count: number; named: MovingCollector[]; runs: { group: string; runs: WouldRun }[] };
      /** Selected, but another group of a higher place has them. */
      elsewhere: { count: number; named: MovingCollector[] };
    };

/** Which collectors a group would gain and lose by a selector and a priority, and what they would then run. Nothing is changed. */
export async function previewGroup({ ctx, input: untrusted }: Call<PreviewGroupInput>): Promise<GroupPreview> {
  authorise(ctx, "look");
  const input = parseInput(previewGroupSchema, untrusted);
  const parsed = parseSelector(input.selector);
  if (!parsed.ok) return { ok: false, problem: parsed.problem };
  const { selector } = parsed;
  const groups = await readGroups(ctx.db);
  const known = groups.find(({ id }) => id === input.id);
  if (input.id !== undefined && !known) throw new AppError("NOT_FOUND", `there is no group with the id ${input.id}, or it is archived`);
  const id = input.id ?? "";
  const candidate: Group = {
    ...{ id, name: "", description: "", approval: "inherit" as const, isDefault: false, archivedAtMs: null, createdAtMs: ctx.ports.nowMs() },
    ...known,
    ...{ selector, selectorText: input.selector, priority: input.priority },
  };
  const after = [...groups.filter((group) => group.id !== id), candidate].sort(compareGroups);
  const newest = await newestRevisions(ctx.db);
  const names = new Map((await ctx.db.document.findMany({ select: { id: true, name: true } })).map((document) => [document.id, document.name]));
  const runsIn = (groupId: string): WouldRun => wouldRun(newest.get(groupId) ?? newest.get(DEFAULT_GROUP_ID), names);
  const collectors = await ctx.db.collector.findMany({ select: { id: true, name: true }, orderBy: [{ name: "asc" }, { id: "asc" }] });
  const targets = await readTargets(ctx.db, ctx.ports.nowMs());
  const moves = collectors.flatMap((collector) => {
    const target = targets.get(collector.id);
    if (!target) return [];
    const [then] = matchingGroups(target.labels, after);
    const moving = (group: Group): MovingCollector => ({ ...collector, group: { id: group.id, name: group.name }, overridden: target.override !== null });
    return [{ now: target.group, then, matched: matchesSelector(selector, target.labels), moving }];
  });
  const members = moves.filter(({ then }) => then.id === id);
  const enter = members.filter(({ now }) => now.id !== id);
  const leave = moves.filter(({ now, then }) => now.id === id && then.id !== id);
  const elsewhere = moves.filter(({ matched, then }) => matched && then.id !== id);
  const leftFor = new Map(leave.map(({ then }) => [then.id, then.name]));
  return {
    ok: true,
    selector: formatSelector(selector),
    total: moves.length,
    matched: moves.filter(({ matched }) => matched).length,
    members: members.length,
    runs: runsIn(id),
    enter: { count: enter.length, named: enter.slice(0, NAMED_MAX).map(({ now, moving }) => moving(now)) },
    leave: {
      count: leave.length,
      named: leave.slice(0, NAMED_MAX).map(({ then, moving }) => moving(then)),
      runs: [...leftFor].map(([groupId, group]) => ({ group, runs: runsIn(groupId) })),
    },
    elsewhere: { count: elsewhere.length, named: elsewhere.slice(0, NAMED_MAX).map(({ then, moving }) => moving(then)) },
  };
}

function wouldRun(revision: Revision | undefined, names: ReadonlyMap<string, string>): WouldRun {
  return revision ? { revision: revision.number, documents: documentsOf(revision, names) } : null;
}
