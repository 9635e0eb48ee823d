import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { toRevision } from "../../db/documentRows.ts";
import { parseCarryOver } from "../../db/parseCarryOver.ts";
import { readTargets, type Target } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ByRevisionInput, byRevisionSchema } from "./applyInput.ts";

export type CollectorApplyState = "pending" | "applying" | "applied" | "failed" | "offline" | "overridden" | "superseded";
export type ApplyStatus = {
  revision: number;
  hash: string;
  groupId: string;
  createdAtMs: number;
  authorName: string;
  collectors: { id: string; name: string; state: CollectorApplyState; problem: string | null; tookMs: number | null; carryOver: CarryOver | null }[];
};

/**
 * How far each collector has come with a revision: those of its group, those that it is for, and those that reported on it. One that already runs the
 * same hash has nothing to do: it is applied. One that is overridden gets it when that ends.
 */
export async function applyStatus({ ctx, input: untrusted }: Call<ByRevisionInput>): Promise<ApplyStatus> {
  authorise(ctx, "look");
  const { revision: number } = parseInput(byRevisionSchema, untrusted);
  const row = await ctx.db.revision.findUnique({ where: { number } });
  if (!row) throw new AppError("NOT_FOUND", `there is no revision ${number}`);
  const revision = toRevision(row);
  const targets = await readTargets(ctx.db, ctx.ports.nowMs());
  const newest = await ctx.db.revision.findFirst({ where: { groupId: revision.groupId, collectorId: null, isStaged: false }, orderBy: { number: "desc" } });
  const reports = await ctx.db.configReport.findMany({
    where: { revision: number },
    distinct: ["collectorId"],
    orderBy: [{ collectorId: "asc" }, { id: "desc" }],
  });
  const reportOf = new Map(reports.map((report) => [report.collectorId, report]));
  const isConcerned = (target: Target | undefined, id: string) =>
    target?.revision?.number === number || reportOf.has(id) || (row.collectorId === null ? belongs(target, revision.groupId) : row.collectorId === id);
  const rows = ctx.ports.live.rows().filter(({ id }) => isConcerned(targets.get(id), id));
  const collectors = rows.map(({ id, name, state: connection, runningHash }) => {
    const report = reportOf.get(id);
    const target = targets.get(id);
    const problem = report?.state === "failed" ? [report.failingPath, report.reason].filter(Boolean).join(": ") : null;
    const isTarget = target?.revision?.number === number;
    const state = stateOf({
      reported: report?.state,
      runsIt: runningHash === revision.hash,
      isTarget,
      isOverridden: !isTarget && target?.override !== null && newest?.number === number && belongs(target, revision.groupId),
      offline: connection === "offline",
    });
    const tookMs = report && report.state !== "applying" ? report.tookMs : null;
    return { id, name, state, problem, tookMs, carryOver: parseCarryOver(report?.carryOver) };
  });
  const { hash, groupId, createdAtMs, authorName } = revision;
  return { revision: number, hash, groupId, createdAtMs, authorName, collectors };
}

function belongs(target: Target | undefined, groupId: string): boolean {
  return target !== undefined && (target.group.id === groupId || target.followsGroupId === groupId);
}

type Facts = { reported: string | undefined; runsIt: boolean; isTarget: boolean; isOverridden: boolean; offline: boolean };

function stateOf({ reported, runsIt, isTarget, isOverridden, offline }: Facts): CollectorApplyState {
  if (isOverridden) return "overridden";
  if (reported === "failed") return "failed";
  if (reported === "applied" || (runsIt && isTarget)) return "applied";
  if (!isTarget) return "superseded";
  if (offline) return "offline";
  return reported === "applying" ? "applying" : "pending";
}
