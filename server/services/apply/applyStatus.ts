import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { newestRevision, toRevision } from "../../db/documentRows.ts";
import { parseCarryOver } from "../../db/parseCarryOver.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ByRevisionInput, byRevisionSchema } from "./applyInput.ts";

export type CollectorApplyState = "pending" | "applying" | "applied" | "failed" | "offline" | "superseded";
export type ApplyStatus = {
  revision: number;
  hash: string;
  createdAtMs: number;
  authorName: string;
  collectors: { id: string; name: string; state: CollectorApplyState; problem: string | null; tookMs: number | null; carryOver: CarryOver | null }[];
};

/** How far each collector has come with a revision. One that already runs the same hash has nothing to do: it is applied. */
export async function applyStatus({ ctx, input: untrusted }: Call<ByRevisionInput>): Promise<ApplyStatus> {
  authorise(ctx, "viewer");
  const { revision: number } = parseInput(byRevisionSchema, untrusted);
  const row = await ctx.db.revision.findUnique({ where: { number } });
  if (!row) throw new AppError("NOT_FOUND", `there is no revision ${number}`);
  const revision = toRevision(row);
  const newest = await newestRevision(ctx.db);
  const reports = await ctx.db.configReport.findMany({
    where: { revision: number },
    distinct: ["collectorId"],
    orderBy: [{ collectorId: "asc" }, { id: "desc" }],
  });
  const reportOf = new Map(reports.map((report) => [report.collectorId, report]));
  const collectors = ctx.ports.live.rows().map(({ id, name, state: connection, runningHash }) => {
    const report = reportOf.get(id);
    const problem = report?.state === "failed" ? [report.failingPath, report.reason].filter(Boolean).join(": ") : null;
    const state = stateOf({
      reported: report?.state,
      runsIt: runningHash === revision.hash,
      isNewest: newest?.number === number,
      offline: connection === "offline",
    });
    const tookMs = report && report.state !== "applying" ? report.tookMs : null;
    return { id, name, state, problem, tookMs, carryOver: parseCarryOver(report?.carryOver) };
  });
  return { revision: number, hash: revision.hash, createdAtMs: revision.createdAtMs, authorName: revision.authorName, collectors };
}

function stateOf({
  reported,
  runsIt,
  isNewest,
  offline,
}: {
  reported: string | undefined;
  runsIt: boolean;
  isNewest: boolean;
  offline: boolean;
}): CollectorApplyState {
  if (reported === "failed") return "failed";
  if (reported === "applied" || (runsIt && isNewest)) return "applied";
  if (!isNewest) return "superseded";
  if (offline) return "offline";
  return reported === "applying" ? "applying" : "pending";
}
