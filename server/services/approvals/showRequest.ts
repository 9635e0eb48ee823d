import { decisionProblem } from "#domain/approval/changeRequest.ts";
import type { ChangeRequest } from "../../db/changeRequests.ts";
import type { ServiceContext } from "../context.ts";
import { mayDecide } from "./decidable.ts";

/** `problem` says why the caller may not decide on it; null when they may. */
export type RequestItem = Omit<ChangeRequest, "askedById" | "change"> & { groupName: string | null; isOwn: boolean; problem: string | null };

export function showRequest(ctx: ServiceContext, { askedById, change: _, ...request }: ChangeRequest, groupName: string | null): RequestItem {
  const { actor } = ctx;
  const id = actor.kind === "person" || actor.kind === "token" ? actor.id : "";
  const problem = decisionProblem({ state: request.state, askedById }, { id, mayApprove: mayDecide(ctx, request) });
  return { ...request, groupName, isOwn: askedById === id, problem };
}
