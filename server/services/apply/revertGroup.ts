import { z } from "zod";
import { closeEnded } from "../approvals/closeEnded.ts";
import { refuseWithoutApproval } from "../approvals/refuseWithoutApproval.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { refuseHeld } from "../rollouts/refuseHeld.ts";
import { lockRevisions } from "./lockRevisions.ts";
import { writeRevert } from "./writeRevert.ts";

export const revertSchema = z.strictObject({ groupId: idSchema, revision: z.int("must be a revision number").min(1, "must be 1 or more") });
export type RevertInput = z.input<typeof revertSchema>;

/** Has a group run the versions that one of its earlier revisions named, as a new revision. CONFLICT when it runs just that, or a document of it is archived. */
export async function revertGroup({ ctx, input: untrusted }: Call<RevertInput>): Promise<{ revision: number; hash: string }> {
  authoriseSomewhere(ctx, "apply");
  const { groupId, revision: to } = parseInput(revertSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    await refuseHeld(tx, ctx.ports.nowMs());
    const group = await groupOrThrow(tx, groupId);
    const by = authoriseIn(ctx, "apply", group);
    await refuseWithoutApproval(tx, group);
    const done = await writeRevert(tx, ctx.ports.seal, { group, to, by });
    await closeEnded(tx, ctx.ports.nowMs());
    return done;
  });
}
