import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

export type NewShadowReport = { shadowId: string; collectorId: string; report: string };

/** Lays the latest report of each collector in place of the one before, all in one statement; of collectors that the shadow is not for, none. */
export async function recordShadowReports({ ctx, input }: Call<NewShadowReport[]>): Promise<void> {
  authorise(ctx, "keepHouse");
  if (input.length === 0) return;
  await ctx.db.$executeRaw`
    INSERT INTO "ShadowReport" ("shadowId", "collectorId", "report", "at")
    SELECT new."shadowId", new."collectorId", new."report", ${new Date(ctx.ports.nowMs())}::timestamptz
    FROM json_to_recordset(${JSON.stringify(input)}::json) AS new("shadowId" TEXT, "collectorId" TEXT, "report" TEXT)
    JOIN "Shadow" ON "Shadow"."id" = new."shadowId" AND new."collectorId" = ANY("Shadow"."collectorIds")
    ON CONFLICT ("shadowId", "collectorId") DO UPDATE SET "report" = excluded."report", "at" = excluded."at"`;
}
