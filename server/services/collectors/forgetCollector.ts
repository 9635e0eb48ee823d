import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

/** Removes a collector that is offline, with its reports and its credential. It may enrol again with a token. */
export async function forgetCollector({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const caller = authorise(ctx, "admin");
  const { id } = parseInput(byIdSchema, untrusted);
  const row = ctx.ports.live.row(id);
  if (row && row.state !== "offline") throw new AppError("CONFLICT", `${row.name} is connected; stop it or revoke its credential first`);
  return ctx.db.$transaction(async (tx) => {
    const removed = await tx.collector.deleteMany({ where: { id } });
    if (removed.count === 0) throw new AppError("NOT_FOUND", `there is no collector with the id ${id}`);
    await audit(tx, { by: caller, action: "collector.forget", entity: "collector", entityId: id, detail: { name: row?.name ?? null } });
    await notifyChange(tx, "collector", id);
    return { id };
  });
}
