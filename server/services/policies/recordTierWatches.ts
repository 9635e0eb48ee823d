import type { KeptTierWatch } from "#domain/sampling/tierSilence.ts";
import { writeTierWatches } from "../../db/tierWatches.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** Keeps what collectors told of their tiers. Measured, not decided by anybody: the audit has no event of it. Returns how many found no room. */
export async function recordTierWatches({ ctx, input }: Call<{ watches: KeptTierWatch[] }>): Promise<number> {
  authorise(ctx, "keepHouse");
  return input.watches.length === 0 ? 0 : writeTierWatches(ctx.db, input.watches);
}
