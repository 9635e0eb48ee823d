import { notifyChange } from "../../db/notifyChange.ts";
import { parseEffectiveConfig } from "../../db/parseEffectiveConfig.ts";
import { authorise } from "../authorise.ts";
import { REPORTS_KEPT } from "../collectors/getCollector.ts";
import type { Call } from "../context.ts";
import type { ConfigReportInput } from "./helloInput.ts";

/** Adds to a collector's history of configurations, and keeps the newest 50 of it. */
export async function recordConfigReport({ ctx, input }: Call<{ collectorId: string; report: ConfigReportInput }>): Promise<void> {
  authorise(ctx, "admin");
  const { collectorId, report } = input;
  const { revision, hash, state, logLines, tookMs } = report;
  const effectiveConfig = parseEffectiveConfig(report.effectiveConfig);
  await ctx.db.$transaction(async (tx) => {
    const now = new Date(ctx.ports.nowMs());
    const applied = state === "applied" ? { runningRevision: revision, runningHash: hash, ...(effectiveConfig && { effectiveConfig }) } : {};
    const updated = await tx.collector.updateMany({ where: { id: collectorId }, data: { ...applied, lastSeenAt: now } });
    if (updated.count === 0) return;
    await tx.configReport.create({
      data: {
        collectorId,
        revision,
        hash,
        state,
        failingPath: report.failingPath || null,
        reason: report.reason || null,
        logLines,
        tookMs: state === "applying" ? null : tookMs,
        ...(report.carryOver && { carryOver: report.carryOver }),
        createdAt: now,
      },
    });
    const [oldest] = await tx.configReport.findMany({ where: { collectorId }, orderBy: { id: "desc" }, skip: REPORTS_KEPT, take: 1, select: { id: true } });
    if (oldest) await tx.configReport.deleteMany({ where: { collectorId, id: { lte: oldest.id } } });
    await notifyChange(tx, "collector", collectorId);
  });
}
