import { z } from "zod";
import { TIERS_MAX } from "#domain/sampling/samplingPolicy.ts";
import { type KeptTierWatch, tierKeySchema } from "#domain/sampling/tierSilence.ts";
import { readTierWatches } from "../../db/tierWatches.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";

const listTierWatchesSchema = z.strictObject({ keys: z.array(tierKeySchema).max(TIERS_MAX) });
export type ListTierWatchesInput = z.input<typeof listTierWatchesSchema>;

/** What is known of the tiers with these keys (`tierKeys`); those that ran nowhere are left out. */
export async function listTierWatches({ ctx, input }: Call<ListTierWatchesInput>): Promise<KeptTierWatch[]> {
  authorise(ctx, "look");
  return readTierWatches(ctx.db, parseInput(listTierWatchesSchema, input).keys);
}
