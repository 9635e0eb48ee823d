import { breakGlassInWords } from "#domain/fleet/breakGlass.ts";
import { KEEP_ALL_MS_MAX, keepAllConditionSchema } from "#domain/fleet/keepAll.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ExtendBreakGlassInput, extendBreakGlassSchema } from "./breakGlassInput.ts";
import { lockBreakGlass } from "./lockBreakGlass.ts";

/** Has it last so many minutes longer, at most a day from now. CONFLICT when it has ended already. */
export async function extendBreakGlass({ ctx, input: untrusted }: Call<ExtendBreakGlassInput>): Promise<{ id: string; endsAtMs: number }> {
  const by = authorise(ctx, "breakGlass");
  const { id, minutes } = parseInput(extendBreakGlassSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockBreakGlass(tx);
    const nowMs = ctx.ports.nowMs();
    const row = await tx.breakGlass.findUnique({ where: { id } });
    if (row === null) throw new AppError("NOT_FOUND", `there is no break glass with the id ${id}`);
    if (row.endedAt !== null || row.endsAt.getTime() <= nowMs) throw new AppError("CONFLICT", "it has ended already; start another one");
    const endsAt = new Date(Math.min(row.endsAt.getTime() + minutes * 60_000, nowMs + KEEP_ALL_MS_MAX));
    await tx.breakGlass.update({ where: { id }, data: { endsAt } });
    const entityName = breakGlassInWords(keepAllConditionSchema.parse(row.condition), row.selector);
    const change = { before: { endsAt: row.endsAt.toISOString() }, after: { endsAt: endsAt.toISOString() }, detail: { minutes } };
    await audit(tx, { by, action: "breakGlass.extend", entity: "breakGlass", entityId: id, entityName, ...change });
    await notifyChange(tx, "breakGlass", id);
    return { id, endsAtMs: endsAt.getTime() };
  });
}
