import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { labelsOf } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** Removes a collector that is offline, with its reports and its credential. It may enrol again with a token. */
export async function forgetCollector({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "retireCollector");
  const { id } = parseInput(byIdSchema, untrusted);
  const row = ctx.ports.live.row(id);
  if (row && row.state !== "offline") throw new AppError("CONFLICT", `${row.name} is connected; stop it or revoke its credential first`);
  return ctx.db.$transaction(async (tx) => {
    const before = await tx.collector.findUnique({ where: { id } });
    const removed = await tx.collector.deleteMany({ where: { id } });
    if (removed.count === 0 || !before) throw new AppError("NOT_FOUND", `there is no collector with the id ${id}`);
    await audit(tx, { by: caller, action: "collector.forget", entity: "collector", entityId: id, entityName: before.name, before: whatItWas(before) });
    await notifyChange(tx, "collector", id);
    return { id };
  });
}

function whatItWas({ name, version, ...labels }: { name: string; ownLabels: unknown; editedLabels: unknown; version: string }) {
  return { name, labels: labelsOf(labels), version };
}
