import type { z } from "zod";
import { APPROVAL_KEY, readApprovalSetting } from "../../db/approvalSetting.ts";
import { type AuditActor, audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import type { setApprovalSchema } from "./approvalInput.ts";

export type ApprovalChange = z.output<typeof setApprovalSchema>;

/** Sets what holds everywhere or a group's own word, with its event. `askedBy`: where another admin has said yes to it. */
export async function writeApprovalSetting(tx: Transaction, by: AuditActor, change: ApprovalChange, askedBy?: string): Promise<void> {
  const detail = askedBy === undefined ? {} : { askedBy };
  if ("everywhere" in change) {
    const before = { everywhere: (await readApprovalSetting(tx)).everywhere };
    const value = { everywhere: change.everywhere };
    const content = { value, updatedBy: by.name };
    await tx.setting.upsert({ where: { key: APPROVAL_KEY }, create: { key: APPROVAL_KEY, ...content }, update: content });
    await audit(tx, { by, action: "approval.set", entity: "approval", before, after: value, detail });
  } else {
    const { id, name, approval } = await groupOrThrow(tx, change.groupId);
    await tx.collectorGroup.update({ where: { id }, data: { approval: change.approval } });
    const facts = { before: { approval }, after: { approval: change.approval }, detail: { ...detail, group: name } };
    await audit(tx, { by, action: "approval.setGroup", entity: "group", entityId: id, entityName: name, ...facts });
    await notifyChange(tx, "group", id);
  }
  await notifyChange(tx, "approval");
}
