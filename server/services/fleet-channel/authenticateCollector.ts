import { hashToken } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** Whose credential it is. */
export async function authenticateCollector({ ctx, input }: Call<{ credential: string }>): Promise<{ collectorId: string; instanceUid: string; name: string }> {
  authorise(ctx, "keepHouse");
  const collector = await ctx.db.collector.findUnique({ where: { credentialHash: hashToken(input.credential) } });
  if (!collector) throw new AppError("UNAUTHENTICATED", "the credential is not known here; enrol again with a token");
  if (collector.credentialRevokedAt) throw new AppError("UNAUTHENTICATED", "the credential was revoked; enrol again with a token");
  return { collectorId: collector.id, instanceUid: collector.instanceUid, name: collector.name };
}
