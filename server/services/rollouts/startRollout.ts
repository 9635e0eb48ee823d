import type { ByNumber } from "#domain/fleet/rollout/rolloutView.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { closeEnded } from "../approvals/closeEnded.ts";
import { refuseWithoutApproval } from "../approvals/refuseWithoutApproval.ts";
import { authorise, authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { refuseHeld } from "./refuseHeld.ts";
import { type StartRolloutInput, startRolloutSchema } from "./rolloutInput.ts";
import { writeRollout } from "./writeRollout.ts";

/**
 * Begins to move a group to the change, stage by stage. FORBIDDEN where its changes need approval: ask for that instead. CONFLICT while another rollout changes
 * the same collectors, or changes are held up and no admin gives a reason to go on.
 */
export async function startRollout({ ctx, input: untrusted }: Call<StartRolloutInput>): Promise<ByNumber> {
  authoriseSomewhere(ctx, "apply");
  const { groupId, ...wish } = parseInput(startRolloutSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const group = await groupOrThrow(tx, groupId);
    const by = authoriseIn(ctx, "apply", group);
    await refuseWithoutApproval(tx, group);
    const nowMs = ctx.ports.nowMs();
    if (wish.override === undefined) await refuseHeld(tx, nowMs);
    else authorise(ctx, "holdChanges");
    const started = await writeRollout(tx, ctx.ports, { group, wish, by, nowMs });
    await closeEnded(tx, nowMs);
    return started;
  });
}
