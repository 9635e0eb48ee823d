import { findRequest } from "../../db/changeRequests.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { documentChangeSchema } from "./approvalInput.ts";
import { type RequestItem, showRequest } from "./showRequest.ts";

/** `document`: the version that it is about, and the one of the same document that runs in the group; null where it is about something else. */
export type RequestView = RequestItem & {
  document: { kind: "policy" | "destination" | "pipeline"; id: string; version: number } | null;
};

export async function getRequest({ ctx, input: untrusted }: Call<ByIdInput>): Promise<RequestView> {
  authorise(ctx, "look");
  const { id } = parseInput(byIdSchema, untrusted);
  const request = await findRequest(ctx.db, id, ctx.ports.nowMs());
  if (!request) throw new AppError("NOT_FOUND", `there is no request with the id ${id}`);
  const group = request.groupId === null ? null : await ctx.db.collectorGroup.findUnique({ where: { id: request.groupId }, select: { name: true } });
  const document = documentChangeSchema.safeParse(request.change);
  return { ...showRequest(ctx, request, group?.name ?? null), document: document.success ? document.data : null };
}
