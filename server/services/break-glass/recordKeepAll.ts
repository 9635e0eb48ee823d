import { type KeepAllReport, writeKeepAllReports } from "../../db/breakGlassRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** Keeps what collectors have counted. Measured, not decided by anybody: the audit has no event of it. */
export async function recordKeepAll({ ctx, input }: Call<{ reports: KeepAllReport[] }>): Promise<void> {
  authorise(ctx, "keepHouse");
  if (input.reports.length > 0) await writeKeepAllReports(ctx.db, input.reports, ctx.ports.nowMs());
}
