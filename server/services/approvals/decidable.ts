import { decisionProblem } from "#domain/approval/changeRequest.ts";
import { type ChangeRequest, findRequest } from "../../db/changeRequests.ts";
import type { Transaction } from "../../db/database.ts";
import { findGroup, type Group } from "../../db/groupRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise, authoriseIn, type Caller, may } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Whether the caller may decide on such a request at all: an approver of its group; an admin where it is about the setting. */
export function mayDecide(ctx: ServiceContext, { groupId, kind }: Pick<ChangeRequest, "groupId" | "kind">): boolean {
  if (kind === "setting" || groupId === null) return may(ctx, "managePeople");
  return may(ctx, "approve", { groupId });
}

export type Decidable = { request: ChangeRequest; group: Group | null; caller: Caller };

/** A request that the caller may say yes or no to. FORBIDDEN without the role or on one's own, CONFLICT where it is closed or has ended by itself. */
export async function decidable(ctx: ServiceContext, tx: Transaction, id: string): Promise<Decidable> {
  const request = await findRequest(tx, id, ctx.ports.nowMs());
  if (!request) throw new AppError("NOT_FOUND", `there is no request with the id ${id}`);
  const group = request.groupId === null ? null : await findGroup(tx, request.groupId);
  const caller = request.kind === "setting" || !group ? authorise(ctx, "managePeople") : authoriseIn(ctx, "approve", group);
  const problem = decisionProblem(request, { id: caller.id ?? "", mayApprove: true });
  if (problem !== null) throw new AppError(request.state === "pending" ? "FORBIDDEN" : "CONFLICT", problem);
  return { request, group, caller };
}
