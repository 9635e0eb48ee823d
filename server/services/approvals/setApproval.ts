import { needsApproval } from "#domain/approval/changeRequest.ts";
import { readApprovalSetting } from "../../db/approvalSetting.ts";
import type { Transaction } from "../../db/database.ts";
import { type Group, readGroups } from "../../db/groupRows.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { type SetApprovalInput, setApprovalSchema } from "./approvalInput.ts";
import { createRequest } from "./createRequest.ts";
import { type ApprovalChange, writeApprovalSetting } from "./writeApprovalSetting.ts";

/** `asked`: the request that another admin has to say yes to; null when it holds already. */
export type SetApproval = { asked: string | null };

/**
 * Turns approval on or off, everywhere or for one group. What would let changes out without a second person takes a second admin itself, where there is
 * one: else whoever is held up by it could turn it off for a moment.
 */
export async function setApproval({ ctx, input: untrusted }: Call<SetApprovalInput>): Promise<SetApproval> {
  const caller = authorise(ctx, "managePeople");
  const change = parseInput(setApprovalSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const freed = await freedGroups(tx, change);
    const admins = await tx.user.count({ where: { role: "admin" } });
    if (freed.length === 0 || admins < 2) {
      await writeApprovalSetting(tx, caller, change);
      return { asked: null };
    }
    const group = "groupId" in change ? await groupOrThrow(tx, change.groupId) : null;
    const title = group ? `no approval for ${group.name}` : "no approval unless a group says so";
    const sentences = freed.map(({ name }) => `${name}: changes no longer need a second person`);
    const { id } = await createRequest(tx, caller, ctx.ports.nowMs(), { kind: "setting", group, baseRevision: null, change, sentences, title, message: null });
    return { asked: id };
  });
}

/** The groups whose changes need approval now and would not any more. */
async function freedGroups(tx: Transaction, change: ApprovalChange): Promise<Group[]> {
  const { everywhere } = await readApprovalSetting(tx);
  const next = "everywhere" in change ? change.everywhere : everywhere;
  const wordOf = (group: Group) => ("groupId" in change && change.groupId === group.id ? change.approval : group.approval);
  return (await readGroups(tx)).filter((group) => needsApproval(everywhere, group.approval) && !needsApproval(next, wordOf(group)));
}
