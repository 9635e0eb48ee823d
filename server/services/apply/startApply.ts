import { closeEnded } from "../approvals/closeEnded.ts";
import { refuseWithoutApproval } from "../approvals/refuseWithoutApproval.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { refuseHeld } from "../rollouts/refuseHeld.ts";
import { type StartApplyInput, startApplySchema } from "./applyInput.ts";
import { lockRevisions } from "./lockRevisions.ts";
import { type AppliedRevision, writeRevision } from "./writeRevision.ts";

/**
 * Makes the change part of what the collectors of each named group run: a new revision for each, all of them or none. Delivery follows at commit, on every
 * replica. `revision` and `hash` are those of the first group. FORBIDDEN for a group whose changes need approval: ask for that instead.
 */
export async function startApply({ ctx, input: untrusted }: Call<StartApplyInput>): Promise<{ revision: number; hash: string; revisions: AppliedRevision[] }> {
  authoriseSomewhere(ctx, "apply");
  const { groupIds, message, ...change } = parseInput(startApplySchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    await refuseHeld(tx, ctx.ports.nowMs());
    const revisions: AppliedRevision[] = [];
    for (const groupId of groupIds) {
      const group = await groupOrThrow(tx, groupId);
      const by = authoriseIn(ctx, "apply", group);
      await refuseWithoutApproval(tx, group);
      revisions.push(await writeRevision(tx, ctx.ports.seal, { group, change, message, by }));
    }
    await closeEnded(tx, ctx.ports.nowMs());
    const [{ revision, hash }] = revisions;
    return { revision, hash, revisions };
  });
}
