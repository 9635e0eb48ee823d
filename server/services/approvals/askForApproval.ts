import { isApprovalNeeded } from "../../db/approvalSetting.ts";
import { AppError } from "../../errors/appError.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type AskInput, askSchema } from "./approvalInput.ts";
import { createRequest } from "./createRequest.ts";
import { planRequest } from "./planRequest.ts";

/** Asks for what `startApply` would do to one group, `revertGroup` or `setOverride`, where a second person has to say yes. */
export async function askForApproval({ ctx, input: untrusted }: Call<AskInput>): Promise<{ id: string }> {
  authoriseSomewhere(ctx, "apply");
  const asked = parseInput(askSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const planned = await planRequest(tx, ctx, asked);
    const caller = authoriseIn(ctx, "apply", planned.group);
    if (!(await isApprovalNeeded(tx, planned.group))) throw new AppError("CONFLICT", `changes to ${planned.group.name} need no approval: do it`);
    return createRequest(tx, caller, ctx.ports.nowMs(), planned);
  });
}
