import { type ProfileRequest, profileRequestSchema } from "#domain/fleet/profileRequest.ts";
import { audit } from "../../db/audit.ts";
import { readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

export const PROFILES_AT_ONCE_MAX = 8;

const recordProfileSchema = profileRequestSchema.extend({ id: idSchema });
export type RecordProfileInput = ProfileRequest & { id: string };

/** `contentBase64`: gzipped pprof. */
export type RecordedProfile = { fileName: string; contentBase64: string; bytes: number };

/** Has a connected collector record a CPU or heap profile of itself; takes as long as that does. When `signal` aborts, the collector gives it up. */
export async function recordProfile({ ctx, input: untrusted, signal }: Call<RecordProfileInput> & { signal?: AbortSignal }): Promise<RecordedProfile> {
  authoriseSomewhere(ctx, "editFleet");
  const { id, kind, seconds } = parseInput(recordProfileSchema, untrusted);
  const { live, fleet, profiles, nowMs } = ctx.ports;
  const row = live.row(id);
  const target = row && (await readTargets(ctx.db, nowMs(), [id])).get(id);
  if (!target) throw new AppError("NOT_FOUND", "there is no such collector");
  const caller = authoriseIn(ctx, "editFleet", target.group);
  if (!profiles.take()) throw new AppError("TOO_MANY", `${profiles.max} profiles are being recorded at this moment; try again in a minute`);
  try {
    await ctx.db.$transaction((tx) =>
      audit(tx, { by: caller, action: "collector.profile", entity: "collector", entityId: id, entityName: row.name, detail: { kind, seconds } }),
    );
    const answer = await fleet.profile(id, { kind, seconds }, signal);
    if (!answer.ok) throw new AppError("UNAVAILABLE", `${row.name} recorded no profile: ${answer.problem}`);
    if (!isGzip(answer.bytes)) throw new AppError("UNAVAILABLE", `${row.name} sent something that is no profile`);
    const at = new Date(nowMs()).toISOString().replace(/[-:]/g, "").slice(0, 15);
    const name = row.name.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 64);
    return { fileName: `${name}-${kind}-${at}.pb.gz`, contentBase64: Buffer.from(answer.bytes).toString("base64"), bytes: answer.bytes.length };
  } finally {
    profiles.release();
  }
}
