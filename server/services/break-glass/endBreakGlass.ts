import { breakGlassInWords } from "#domain/fleet/breakGlass.ts";
import { keepAllConditionSchema } from "#domain/fleet/keepAll.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { lockBreakGlass } from "./lockBreakGlass.ts";

/** Ends it now. CONFLICT when it has ended already. */
export async function endBreakGlass({ ctx, input: untrusted }: Call<ByIdInput>): Promise<{ id: string }> {
  const by = authorise(ctx, "breakGlass");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockBreakGlass(tx);
    const now = new Date(ctx.ports.nowMs());
    const row = await tx.breakGlass.findUnique({ where: { id } });
    if (row === null) throw new AppError("NOT_FOUND", `there is no break glass with the id ${id}`);
    if (row.endedAt !== null || row.endsAt <= now) throw new AppError("CONFLICT", "it has ended already");
    await tx.breakGlass.update({ where: { id }, data: { endedAt: now, endedBy: by.name } });
    const entityName = breakGlassInWords(keepAllConditionSchema.parse(row.condition), row.selector);
    await audit(tx, { by, action: "breakGlass.end", entity: "breakGlass", entityId: id, entityName, before: { endsAt: row.endsAt.toISOString() } });
    await notifyChange(tx, "breakGlass", id);
    return { id };
  });
}
