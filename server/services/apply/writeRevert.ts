import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { configHash } from "#domain/fleet/configHash.ts";
import type { ConfigParts } from "../../db/assembleConfig.ts";
import { type AuditActor, audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { type Revision, toRevision } from "../../db/documentRows.ts";
import { type Group, groupRevision, nextRevisionNumber } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import type { SealPort } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";
import { refuseArchivedParts } from "../groups/refuseArchivedParts.ts";
import { refuseDuringRollout } from "../rollouts/refuseDuringRollout.ts";
import { assembleNext } from "./assembleNext.ts";

export type RevertPlan = { newest: Revision; parts: ConfigParts; next: CollectorConfig; hash: string };

/** What a group would run if it went back to one of its earlier revisions. CONFLICT when it runs just that, or a document of it is archived. */
export async function planRevert(tx: Transaction, seal: SealPort, group: Group, to: number): Promise<RevertPlan> {
  const row = await tx.revision.findFirst({ where: { number: to, groupId: group.id, collectorId: null, isStaged: false } });
  const newest = await groupRevision(tx, group.id);
  if (!row || !newest) throw new AppError("NOT_FOUND", `${group.name} has no revision ${to}`);
  const { policyId, policyVersion, destinationId, destinationVersion, pipelineId, pipelineVersion } = toRevision(row);
  const parts = { policyId, policyVersion, destinationId, destinationVersion, pipelineId, pipelineVersion };
  await refuseArchivedParts(tx, `revision ${to}`, toRevision(row));
  const next = await assembleNext(tx, parts, seal);
  const hash = configHash(next);
  if (hash === newest.hash) throw new AppError("CONFLICT", `${group.name} runs just what revision ${to} was`);
  return { newest, parts, next, hash };
}

export type RevertToWrite = { group: Group; to: number; by: AuditActor; asked?: { id: string; authorName: string } };

/** A new revision of the versions that an earlier one named. Hold the lock of revisions. */
export async function writeRevert(tx: Transaction, seal: SealPort, { group, to, by, asked }: RevertToWrite): Promise<{ revision: number; hash: string }> {
  await refuseDuringRollout(tx, group);
  const { newest, parts, hash } = await planRevert(tx, seal, group, to);
  const number = await nextRevisionNumber(tx);
  const who = { authorName: asked?.authorName ?? by.name, approverName: asked ? by.name : null };
  await tx.revision.create({ data: { ...parts, ...who, number, groupId: group.id, hash, message: `Back to revision ${to}` } });
  await audit(tx, {
    by,
    action: "apply.revert",
    entity: "revision",
    entityId: String(number),
    entityName: group.name,
    before: { revision: newest.number, hash: newest.hash },
    after: { revision: number, hash },
    detail: { to, groupId: group.id, group: group.name, ...(asked && { askedBy: asked.authorName, requestId: asked.id }) },
  });
  await notifyChange(tx, "revision", String(number));
  return { revision: number, hash };
}
