import type { Transaction } from "../../db/database.ts";
import { notifyChanges } from "../../db/notifyChange.ts";
import { parseEffectiveConfig } from "../../db/parseEffectiveConfig.ts";
import { authorise } from "../authorise.ts";
import { REPORTS_KEPT } from "../collectors/getCollector.ts";
import type { Call } from "../context.ts";
import type { ConfigReportInput } from "./helloInput.ts";

export type CollectorReport = { collectorId: string; report: ConfigReportInput };

/**
 * Adds to the collectors' histories of configurations, in the order given, all or none, and keeps the newest 50 of each. Statements are as many for a thousand as for one: a
 * change goes to all of a fleet at once. Reports of collectors that were forgotten meanwhile are left out.
 */
export async function recordConfigReports({ ctx, input }: Call<readonly CollectorReport[]>): Promise<void> {
  authorise(ctx, "keepHouse");
  await ctx.db.$transaction(async (tx) => {
    const now = new Date(ctx.ports.nowMs());
    const known = new Set(await noteWhatRuns(tx, input, now));
    const reports = input.filter(({ collectorId }) => known.has(collectorId));
    if (reports.length === 0) return;
    await tx.configReport.createMany({
      data: reports.map(({ collectorId, report: { revision, hash, state, failingPath, reason, logLines, tookMs, carryOver } }) => ({
        ...{ collectorId, revision, hash, state, logLines, createdAt: now },
        failingPath: failingPath || null,
        reason: reason || null,
        tookMs: state === "applying" ? null : tookMs,
        ...(carryOver && { carryOver }),
      })),
    });
    const ids = [...known];
    await tx.$executeRaw`
      DELETE FROM "ConfigReport" WHERE "id" IN (
        SELECT "id" FROM (
          SELECT "id", row_number() OVER (PARTITION BY "collectorId" ORDER BY "id" DESC) AS "place" FROM "ConfigReport" WHERE "collectorId" = ANY(${ids})
        ) AS "ranked" WHERE "place" > ${REPORTS_KEPT}
      )`;
    await notifyChanges(tx, "collector", ids);
  });
}

/** What each runs by its latest report, and that it was seen. Gives the ids of those that there are. */
async function noteWhatRuns(tx: Transaction, reports: readonly CollectorReport[], now: Date): Promise<string[]> {
  const latest = new Map<string, { id: string; revision?: number; hash?: string; config?: object }>();
  for (const { collectorId: id, report } of reports) {
    const config = parseEffectiveConfig(report.effectiveConfig);
    const applied = report.state === "applied" ? { revision: report.revision, hash: report.hash, ...(config && { config }) } : {};
    latest.set(id, { ...latest.get(id), id, ...applied });
  }
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE "Collector" AS "c" SET
      "lastSeenAt" = ${now},
      "runningRevision" = COALESCE("r"."revision", "c"."runningRevision"),
      "runningHash" = COALESCE("r"."hash", "c"."runningHash"),
      "effectiveConfig" = COALESCE("r"."config", "c"."effectiveConfig")
    FROM jsonb_to_recordset(${JSON.stringify([...latest.values()])}::jsonb) AS "r" ("id" text, "revision" int, "hash" text, "config" jsonb)
    WHERE "c"."id" = "r"."id"
    RETURNING "c"."id"`;
  return rows.map(({ id }) => id);
}
