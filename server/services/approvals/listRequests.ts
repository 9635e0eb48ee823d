import { type ChangeRequest, readClosed, readPending } from "../../db/changeRequests.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ListRequestsInput, listRequestsSchema } from "./approvalInput.ts";
import { type RequestItem, showRequest } from "./showRequest.ts";

const CLOSED_SHOWN = 100;

/** Those that wait, oldest first; or the last hundred that were closed, newest first. */
export async function listRequests({ ctx, input: untrusted }: Call<ListRequestsInput | undefined>): Promise<RequestItem[]> {
  authorise(ctx, "look");
  const { closed } = parseInput(listRequestsSchema, untrusted);
  const nowMs = ctx.ports.nowMs();
  const pending = await readPending(ctx.db, nowMs);
  const isOpen = ({ state }: ChangeRequest) => state === "pending";
  const ended = pending.filter((request) => !isOpen(request)).reverse();
  const requests = closed ? [...ended, ...(await readClosed(ctx.db, CLOSED_SHOWN, nowMs))] : pending.filter(isOpen);
  const groups = new Map((await ctx.db.collectorGroup.findMany({ select: { id: true, name: true } })).map(({ id, name }) => [id, name]));
  return requests.map((request) => showRequest(ctx, request, groups.get(request.groupId ?? "") ?? null));
}
