import type { CarryOver } from "#domain/fleet/carryOver.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { toTexts } from "../../db/documentRows.ts";
import { parseCarryOver } from "../../db/parseCarryOver.ts";
import { readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { documentsOf, type RunningDocument } from "../groups/listGroups.ts";
import { parseInput } from "../parseInput.ts";

export const REPORTS_KEPT = 50;

export type CollectorReport = {
  atMs: number;
  revision: number;
  state: "applying" | "applied" | "failed";
  failingPath: string | null;
  reason: string | null;
  logLines: string[];
  tookMs: number | null;
  /** What became of waiting traces; null unless it was applied and changed the sampling policy. */
  carryOver: CarryOver | null;
};
export type CollectorView = {
  row: CollectorRow;
  /** As the collector reported it, header values redacted. */
  effectiveConfig: unknown;
  /** Newest first, at most 50. */
  reports: CollectorReport[];
  instanceUid: string;
  enrolledAtMs: number;
  tokenName: string | null;
  credentialRevokedAtMs: number | null;
  /** What its environment says; `row.labels` are those that count. */
  ownLabels: Record<string, string>;
  /** What it runs instead of its group, until when and why; null when it runs its group's. */
  override: { revision: number; reason: string; authorName: string; createdAtMs: number; expiresAtMs: number } | null;
  /** What it shall run. */
  documents: RunningDocument[];
};

export async function getCollector({ ctx, input: untrusted }: Call<ByIdInput>): Promise<CollectorView> {
  authorise(ctx, "look");
  const { id } = parseInput(byIdSchema, untrusted);
  const collector = await ctx.db.collector.findUnique({ where: { id }, include: { token: true, reports: { orderBy: { id: "desc" }, take: REPORTS_KEPT } } });
  const row = ctx.ports.live.row(id);
  if (!collector || !row) throw new AppError("NOT_FOUND", `there is no collector with the id ${id}`);
  const target = (await readTargets(ctx.db, ctx.ports.nowMs(), [id])).get(id);
  const names = new Map((await ctx.db.document.findMany({ select: { id: true, name: true } })).map((document) => [document.id, document.name]));
  return {
    row,
    effectiveConfig: collector.effectiveConfig,
    reports: collector.reports.map((report) => ({
      atMs: report.createdAt.getTime(),
      revision: report.revision,
      state: toReportState(report.state),
      failingPath: report.failingPath,
      reason: report.reason,
      logLines: Array.isArray(report.logLines) ? report.logLines.map(String) : [],
      tookMs: report.tookMs,
      carryOver: parseCarryOver(report.carryOver),
    })),
    instanceUid: collector.instanceUid,
    enrolledAtMs: collector.enrolledAt.getTime(),
    tokenName: collector.token?.name ?? null,
    credentialRevokedAtMs: collector.credentialRevokedAt?.getTime() ?? null,
    ownLabels: toTexts(collector.ownLabels),
    override: target?.override ? { ...target.override, revision: target.override.revision.number } : null,
    documents: target?.revision ? documentsOf(target.revision, names) : [],
  };
}

function toReportState(text: string): CollectorReport["state"] {
  return text === "applied" || text === "failed" ? text : "applying";
}
