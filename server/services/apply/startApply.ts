import { configHash } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import { newestRevision } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type StartApplyInput, startApplySchema } from "./applyInput.ts";
import { assembleNext } from "./assembleNext.ts";
import { lockRevisions } from "./lockRevisions.ts";
import { nextParts } from "./nextParts.ts";

/** Makes the change part of what every collector runs: a new revision. Delivery follows at commit, on every replica. */
export async function startApply({ ctx, input: untrusted }: Call<StartApplyInput>): Promise<{ revision: number; hash: string }> {
  const caller = authorise(ctx, "editor");
  const input = parseInput(startApplySchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const newest = await newestRevision(tx);
    if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
    const { parts, document } = await nextParts(tx, newest, input);
    const hash = configHash(await assembleNext(tx, parts, ctx.ports.seal));
    const number = newest.number + 1;
    await tx.revision.create({ data: { ...parts, number, hash, authorName: caller.name, message: input.message } });
    await audit(tx, {
      by: caller,
      action: "apply.start",
      entity: "revision",
      entityId: String(number),
      detail: { kind: input.kind, document: document.name, version: input.version, hash },
    });
    await notifyChange(tx, "revision", String(number));
    return { revision: number, hash };
  });
}
