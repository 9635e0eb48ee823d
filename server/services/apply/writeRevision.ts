import { configHash } from "#domain/fleet/configHash.ts";
import { type AuditActor, audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { versionIn } from "../../db/documentRows.ts";
import { type Group, groupRevision, nextRevisionNumber, readGroups } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import type { SealPort } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";
import { refuseDuringRollout } from "../rollouts/refuseDuringRollout.ts";
import { assembleNext } from "./assembleNext.ts";
import { type Change, nextParts } from "./nextParts.ts";

export type AppliedRevision = { groupId: string; revision: number; hash: string };

export type RevisionToWrite = {
  group: Group;
  change: Change;
  message: string | null;
  /** Who does it now. */
  by: AuditActor;
  /** Whose change it is, and who said yes to it, when that took two. */
  asked?: { id: string; authorName: string };
};

/** The next revision of a group: what it runs, with one version of one document in its place. Hold the lock of revisions. */
export async function writeRevision(tx: Transaction, seal: SealPort, { group, change, message, by, asked }: RevisionToWrite): Promise<AppliedRevision> {
  await refuseDuringRollout(tx, group);
  const newest = await groupRevision(tx, group.id);
  if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const { parts, document } = await nextParts(tx, newest, change);
  const hash = configHash(await assembleNext(tx, parts, seal));
  const number = await nextRevisionNumber(tx);
  const who = { authorName: asked?.authorName ?? by.name, approverName: asked ? by.name : null };
  await tx.revision.create({ data: { ...parts, ...who, number, groupId: group.id, hash, message } });
  const isOnlyGroup = (await readGroups(tx)).length === 1;
  await audit(tx, {
    by,
    action: "apply.start",
    entity: "revision",
    entityId: String(number),
    entityName: document.name,
    before: { revision: newest.number, hash: newest.hash, version: versionIn(newest, document.id) },
    after: { revision: number, hash, version: change.version },
    detail: {
      kind: change.kind,
      documentId: document.id,
      groupId: group.id,
      ...(!isOnlyGroup && { group: group.name }),
      ...(message !== null && { message }),
      ...(asked && { askedBy: asked.authorName, requestId: asked.id }),
    },
  });
  await notifyChange(tx, "revision", String(number));
  return { groupId: group.id, revision: number, hash };
}
