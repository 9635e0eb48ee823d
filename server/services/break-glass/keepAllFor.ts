import type { KeepAllEntry } from "#domain/fleet/keepAll.ts";
import { readKeepAllOf } from "../../db/breakGlassRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** What each of these collectors shall keep in full from now on, and for how long. One that is not known any more is missing. */
export async function keepAllFor({ ctx, input }: Call<{ collectorIds: readonly string[] }>): Promise<Map<string, KeepAllEntry[]>> {
  authorise(ctx, "keepHouse");
  const nowMs = ctx.ports.nowMs();
  const found = await readKeepAllOf(ctx.db, nowMs, input.collectorIds);
  return new Map(
    Array.from(found, ([id, live]) => [id, live.map(({ id: entryId, condition, endsAtMs }) => ({ id: entryId, condition, leftMs: endsAtMs - nowMs }))]),
  );
}
