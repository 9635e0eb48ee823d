import { lockRevisions } from "../apply/lockRevisions.ts";
import { refuseWithoutApproval } from "../approvals/refuseWithoutApproval.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { refuseHeld } from "../rollouts/refuseHeld.ts";
import { type SetOverrideInput, setOverrideSchema } from "./overrideInput.ts";
import { findOverrideTarget, type WrittenOverride, writeOverride } from "./writeOverride.ts";

/**
 * Has one collector run something else than its group until a time, then its group's newest again, by itself. A second override takes the place of the
 * first, built on top of it. CONFLICT when it would run just what its group runs; FORBIDDEN where changes need approval: ask for that instead.
 */
export async function setOverride({ ctx, input: untrusted }: Call<SetOverrideInput>): Promise<WrittenOverride> {
  authoriseSomewhere(ctx, "editFleet");
  const wish = parseInput(setOverrideSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    await refuseHeld(tx, ctx.ports.nowMs());
    const found = await findOverrideTarget(tx, ctx.ports.nowMs(), wish.collectorId);
    const by = authoriseIn(ctx, "editFleet", found.target.group);
    await refuseWithoutApproval(tx, found.target.group);
    return writeOverride(tx, ctx, found, { wish, by });
  });
}
