import { z } from "zod";
import { configHash } from "../fleet/configHash.ts";
import { settingsOfConditions } from "./overlaps.ts";
import { type SamplingPolicy, TIERS_MAX } from "./samplingPolicy.ts";

/** Nothing came for longer: then nothing is known of that time, and watching begins anew. */
export const TRAFFIC_GAP_MAX_MS = 3_600_000;

const time = z.number().min(0);
export const tierKeySchema = z.string().regex(/^[0-9a-f]{32}$/, "must be 32 hex digits");

/** Since when a tier was watched while spans came, and when it decided on any; null: on none in that time. Unix milliseconds. */
export const tierWatchSchema = z.strictObject({ key: tierKeySchema, sinceMs: time, lastMatchedMs: time.nullable() });
export type TierWatch = z.infer<typeof tierWatchSchema>;
/** `untilMs`: when it was told of last. */
export type KeptTierWatch = TierWatch & { untilMs: number };
export const tierWatchesSchema = z.array(tierWatchSchema).max(TIERS_MAX);

/** Names what each tier matches: its condition, without what those before it take, in whatever order they stand. What it keeps and how it is called is not in it. */
export function tierKeys(policy: SamplingPolicy): string[] {
  const settings = settingsOfConditions(policy);
  const conditions = policy.tiers.map(({ condition }) => configHash(condition));
  return conditions.map((own, place) => configHash([settings, own, [...new Set(conditions.slice(0, place))].sort()]).slice(0, 32));
}

/** For how long a tier has matched nothing, and since when that was measured. */
export type TierSilence = { silentMs: number; measuredSinceMs: number };

/** Null of a tier that matches something, or of which collectors have told nothing within the last hour. */
export function tierSilence({ sinceMs, untilMs, lastMatchedMs }: KeptTierWatch, nowMs: number): TierSilence | null {
  const silentMs = untilMs - Math.max(sinceMs, lastMatchedMs ?? 0);
  return nowMs - untilMs > TRAFFIC_GAP_MAX_MS || silentMs <= 0 ? null : { silentMs, measuredSinceMs: sinceMs };
}
