import type { Transaction } from "../../db/database.ts";
import { AppError } from "../../errors/appError.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { writeRevert } from "../apply/writeRevert.ts";
import { writeRevision } from "../apply/writeRevision.ts";
import { authoriseSomewhere } from "../authorise.ts";
import { findOverrideTarget, writeOverride } from "../collectors/writeOverride.ts";
import type { Call, ServiceContext } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { refuseHeld } from "../rollouts/refuseHeld.ts";
import { writeRollout } from "../rollouts/writeRollout.ts";
import { documentChangeSchema, overrideChangeSchema, revertChangeSchema, rolloutChangeSchema, setApprovalSchema } from "./approvalInput.ts";
import { close } from "./close.ts";
import { closeEnded } from "./closeEnded.ts";
import { type Decidable, decidable } from "./decidable.ts";
import { writeApprovalSetting } from "./writeApprovalSetting.ts";

/** `revision` is null where none came of it yet, or the request was about the setting. */
export type Approved = { id: string; revision: number | null };

/** Another person says yes, and it is done in the same moment: of two who say so at once, one does it and the other is told so. */
export async function approveRequest({ ctx, input: untrusted }: Call<ByIdInput>): Promise<Approved> {
  authoriseSomewhere(ctx, "approve");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const found = await decidable(ctx, tx, id);
    if (found.request.kind !== "setting") await refuseHeld(tx, ctx.ports.nowMs());
    const revision = await carryOut(ctx, tx, found);
    await close(ctx, tx, found, "applied", { revision });
    await closeEnded(tx, ctx.ports.nowMs());
    return { id, revision };
  });
}

async function carryOut(ctx: ServiceContext, tx: Transaction, { request, caller }: Decidable): Promise<number | null> {
  switch (request.kind) {
    case "apply": {
      const group = await groupOrThrow(tx, request.groupId ?? "");
      const change = parseInput(documentChangeSchema, request.change);
      const asked = { id: request.id, authorName: request.askedByName };
      return (await writeRevision(tx, ctx.ports.seal, { group, change, message: request.message, by: caller, asked })).revision;
    }
    case "revert": {
      const group = await groupOrThrow(tx, request.groupId ?? "");
      const { revision: to } = parseInput(revertChangeSchema, request.change);
      const asked = { id: request.id, authorName: request.askedByName };
      return (await writeRevert(tx, ctx.ports.seal, { group, to, by: caller, asked })).revision;
    }
    case "override": {
      const { wish, onTopOf } = parseInput(overrideChangeSchema, request.change);
      const found = await findOverrideTarget(tx, ctx.ports.nowMs(), wish.collectorId);
      if (found.target.revision?.number !== onTopOf || found.target.group.id !== request.groupId)
        throw new AppError("CONFLICT", `what ${found.collector.name} runs, or its group, has changed since; it has to be asked for anew`);
      const asked = { id: request.id, authorName: request.askedByName };
      return (await writeOverride(tx, ctx, found, { wish, by: caller, asked })).revision;
    }
    case "rollout": {
      const group = await groupOrThrow(tx, request.groupId ?? "");
      const wish = { ...parseInput(rolloutChangeSchema, request.change), message: request.message };
      const asked = { id: request.id, authorName: request.askedByName };
      await writeRollout(tx, ctx.ports, { group, wish, by: caller, asked, nowMs: ctx.ports.nowMs() });
      return null;
    }
    case "setting":
      await writeApprovalSetting(tx, caller, parseInput(setApprovalSchema, request.change), request.askedByName);
      return null;
    default:
      throw new AppError("CONFLICT", `this version of Headgate knows no requests of the kind ${request.kind}`);
  }
}
