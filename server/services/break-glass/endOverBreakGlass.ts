import { breakGlassInWords, keptCostMicroUsd } from "#domain/fleet/breakGlass.ts";
import { keepAllConditionSchema } from "#domain/fleet/keepAll.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { notify } from "../notify/notify.ts";
import { lockBreakGlass } from "./lockBreakGlass.ts";

/** Collectors report every ten seconds when nobody watches: by then what they counted last is here. */
export const COUNTS_COME_WITHIN_MS = 15_000;
const KEPT_DAYS = 400;

/** By the clock: writes down which have ended, tells of those whose counts have come in, and lets go what ended long ago. Each is done by one replica alone. */
export async function endOverBreakGlass({ ctx }: { ctx: ServiceContext }): Promise<void> {
  const by = authorise(ctx, "keepHouse");
  const nowMs = ctx.ports.nowMs();
  const over = { endedAt: null, endsAt: { lte: new Date(nowMs) } };
  const untold = { toldAt: null, endedAt: { lte: new Date(nowMs - COUNTS_COME_WITHIN_MS) } };
  if ((await ctx.db.breakGlass.findFirst({ where: { OR: [over, untold] }, select: { id: true } })) === null) return;
  await ctx.db.$transaction(async (tx) => {
    await lockBreakGlass(tx);
    for (const row of await tx.breakGlass.findMany({ where: over })) {
      await tx.breakGlass.update({ where: { id: row.id }, data: { endedAt: row.endsAt } });
      const entityName = breakGlassInWords(keepAllConditionSchema.parse(row.condition), row.selector);
      await audit(tx, { by, action: "breakGlass.over", entity: "breakGlass", entityId: row.id, entityName, detail: { by: row.byName } });
      await notifyChange(tx, "breakGlass", row.id);
    }
    for (const row of await tx.breakGlass.findMany({ where: untold, include: { counts: true } })) {
      await tx.breakGlass.update({ where: { id: row.id }, data: { toldAt: new Date(nowMs) } });
      const keptSpans = row.counts.reduce((sum, { spans }) => sum + spans, 0);
      const keptBytes = row.counts.reduce((sum, { bytes }) => sum + bytes, 0);
      const costMicroUsd = row.counts.length === 0 ? null : keptCostMicroUsd(keptBytes, Number(row.microUsdPerGb));
      const what = breakGlassInWords(keepAllConditionSchema.parse(row.condition), row.selector);
      const about = { id: row.id, what, endedBy: row.endedBy, keptSpans, keptBytes, costMicroUsd };
      await notify(tx, { kind: "break_glass.ended", atMs: nowMs, path: "/break-glass", ...about });
      await notifyChange(tx, "breakGlass", row.id);
    }
    await tx.breakGlass.deleteMany({ where: { endedAt: { lt: new Date(nowMs - KEPT_DAYS * 86_400_000) } } });
  });
}
