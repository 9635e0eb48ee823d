import { z } from "zod";

export const PROFILE_KINDS = ["cpu", "heap"] as const;
export type ProfileKind = (typeof PROFILE_KINDS)[number];

export const PROFILE_SECONDS_MAX = 60;
export const PROFILE_SECONDS_DEFAULT = 10;

/** For how long a profile is recorded. */
export const profileSecondsSchema = z
  .int(`must be a whole number of seconds from 1 to ${PROFILE_SECONDS_MAX}`)
  .min(1, `must be a whole number of seconds from 1 to ${PROFILE_SECONDS_MAX}`)
  .max(PROFILE_SECONDS_MAX, `must be a whole number of seconds from 1 to ${PROFILE_SECONDS_MAX}`);

/** What a collector can record of itself: where its CPU time goes, or what holds the memory that it allocated meanwhile. */
export const profileRequestSchema = z.strictObject({ kind: z.enum(PROFILE_KINDS), seconds: profileSecondsSchema });
export type ProfileRequest = z.infer<typeof profileRequestSchema>;

/** Of a profile as it is handed out: gzipped pprof. A minute of a busy collector takes a tenth of it. */
export const PROFILE_BYTES_MAX = 4_194_304;
/** Of one piece of it on the fleet channel. */
export const PROFILE_CHUNK_BYTES_MAX = 65_536;
