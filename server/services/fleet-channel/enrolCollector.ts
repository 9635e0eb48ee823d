import { z } from "zod";
import { audit } from "../../db/audit.ts";
import { toTexts } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { hashToken } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { collectorNameSchema, instanceUidSchema, ownLabelsSchema, versionSchema } from "./helloInput.ts";

export const COLLECTORS_MAX = 5_000;
const enrolSchema = z.strictObject({
  token: z.string().min(1, "must not be empty").max(256, "is no token of ours"),
  instanceUid: instanceUidSchema,
  name: collectorNameSchema,
  labels: ownLabelsSchema,
  version: versionSchema,
});
export type EnrolInput = z.input<typeof enrolSchema>;

/** Trades an enrolment token for a credential of the collector's own; a collector that enrols again gets a new one, and the old one ends. */
export async function enrolCollector({ ctx, input: untrusted }: Call<EnrolInput>): Promise<{ collectorId: string; credential: string }> {
  const by = authorise(ctx, "keepHouse");
  const { token, instanceUid, name, labels, version } = parseInput(enrolSchema, untrusted);
  const now = new Date(ctx.ports.nowMs());
  const credential = `hgc_${ctx.ports.newToken()}`;
  const collectorId = await ctx.db.$transaction(async (tx) => {
    const known = await tx.enrolmentToken.findUnique({ where: { tokenHash: hashToken(token) } });
    if (!known) throw new AppError("UNAUTHENTICATED", "the enrolment token is not known here; create one under Fleet");
    if (known.revokedAt) throw new AppError("UNAUTHENTICATED", "the enrolment token was revoked; create another under Fleet");
    if (known.expiresAt && known.expiresAt <= now) throw new AppError("UNAUTHENTICATED", "the enrolment token has expired; create another under Fleet");
    const before = await tx.collector.findUnique({ where: { instanceUid } });
    if (!before && (await tx.collector.count()) >= COLLECTORS_MAX)
      throw new AppError("TOO_MANY", `there may be at most ${COLLECTORS_MAX} collectors; forget some that are offline`);
    const data = { name, ownLabels: labels, version, credentialHash: hashToken(credential), credentialRevokedAt: null, tokenId: known.id, enrolledAt: now };
    const { id } = await tx.collector.upsert({ where: { instanceUid }, create: { instanceUid, ...data }, update: data });
    await tx.enrolmentToken.update({ where: { id: known.id }, data: { lastUsedAt: now } });
    const was = before && { name: before.name, labels: toTexts(before.ownLabels), version: before.version };
    const change = { ...(was && { before: was }), after: { name, labels, version }, detail: { enrolmentToken: known.name } };
    await audit(tx, { by, action: "collector.enrol", entity: "collector", entityId: id, entityName: name, ...change });
    await notifyChange(tx, "collector", id);
    return id;
  });
  return { collectorId, credential };
}
