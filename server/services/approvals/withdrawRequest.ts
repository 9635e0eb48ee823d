import { findRequest } from "../../db/changeRequests.ts";
import { AppError } from "../../errors/appError.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authoriseSomewhere } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { close } from "./close.ts";

/** Whoever asked takes it back, as long as nobody has decided. */
export async function withdrawRequest({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authoriseSomewhere(ctx, "apply");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const request = await findRequest(tx, id, ctx.ports.nowMs());
    if (!request) throw new AppError("NOT_FOUND", `there is no request with the id ${id}`);
    if (request.askedById !== caller.id) throw new AppError("FORBIDDEN", `only ${request.askedByName} can withdraw it; an approver can reject it`);
    if (request.state !== "pending") throw new AppError("CONFLICT", `it is ${request.state} already`);
    await close(ctx, tx, { request, caller }, "withdrawn", {});
    return { id };
  });
}
