import { lockRevisions } from "../apply/lockRevisions.ts";
import { authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type RejectInput, rejectSchema } from "./approvalInput.ts";
import { close } from "./close.ts";
import { decidable } from "./decidable.ts";

/** Another person says no, and why. */
export async function rejectRequest({ ctx, input: untrusted }: Call<RejectInput>): Promise<{ id: string }> {
  authoriseSomewhere(ctx, "approve");
  const { id, reason } = parseInput(rejectSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    await close(ctx, tx, await decidable(ctx, tx, id), "rejected", { reason });
    return { id };
  });
}
