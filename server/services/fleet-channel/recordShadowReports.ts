import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** `done`: of a replay, nothing more is to come of this collector. */
export type NewShadowReport = { shadowId: string; collectorId: string; report: string; done: boolean };

/**
 * Lays the latest report of each collector in place of the one before, all in one statement; of collectors that the shadow is not for, none. A last word stays the last,
 * also where a collector has changed the replica and the one before writes later.
 */
export async function recordShadowReports({ ctx, input }: Call<NewShadowReport[]>): Promise<void> {
  authorise(ctx, "keepHouse");
  if (input.length === 0) return;
  await ctx.db.$executeRaw`
    INSERT INTO "ShadowReport" ("shadowId", "collectorId", "report", "at", "done")
    SELECT new."shadowId", new."collectorId", new."report", ${new Date(ctx.ports.nowMs())}::timestamptz, new."done"
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS new("shadowId" TEXT, "collectorId" TEXT, "report" TEXT, "done" BOOLEAN)
    JOIN "Shadow" ON "Shadow"."id" = new."shadowId" AND new."collectorId" = ANY("Shadow"."collectorIds")
    ON CONFLICT ("shadowId", "collectorId") DO UPDATE SET "report" = excluded."report", "at" = excluded."at", "done" = excluded."done"
    WHERE excluded."done" OR NOT "ShadowReport"."done"`;
}
