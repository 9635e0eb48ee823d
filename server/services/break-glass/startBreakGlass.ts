import { breakGlassInWords } from "#domain/fleet/breakGlass.ts";
import { KEEP_ALL_MAX } from "#domain/fleet/keepAll.ts";
import { audit } from "../../db/audit.ts";
import { readLiveBreakGlass } from "../../db/breakGlassRows.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { notify } from "../notify/notify.ts";
import { parseInput } from "../parseInput.ts";
import { type StartBreakGlassInput, startBreakGlassSchema } from "./breakGlassInput.ts";
import { estimateBreakGlass } from "./estimateBreakGlass.ts";
import { lockBreakGlass } from "./lockBreakGlass.ts";

/** Has everything that matches kept for a while. Neither approval nor a freeze stops it: that is its point. TOO_MANY beyond 16 at once. */
export async function startBreakGlass({ ctx, input: untrusted }: Call<StartBreakGlassInput>): Promise<{ id: string; endsAtMs: number }> {
  const by = authorise(ctx, "breakGlass");
  const wanted = parseInput(startBreakGlassSchema, untrusted);
  const { condition, selector, minutes, reason } = wanted;
  return ctx.db.$transaction(async (tx) => {
    await lockBreakGlass(tx);
    const nowMs = ctx.ports.nowMs();
    if ((await readLiveBreakGlass(tx, nowMs)).length >= KEEP_ALL_MAX)
      throw new AppError("TOO_MANY", `${KEEP_ALL_MAX} break glasses hold already; end one first, or extend it`);
    const { price } = await readLivePrice(tx);
    const estimate = estimateBreakGlass(ctx.ports.live, wanted, price.microUsdPerGbKept);
    const endsAtMs = nowMs + minutes * 60_000;
    const times = { startedAt: new Date(nowMs), endsAt: new Date(endsAtMs) };
    const data = {
      condition: toJson(condition),
      selector,
      reason,
      byId: by.id,
      byName: by.name,
      ...times,
      microUsdPerGb: BigInt(price.microUsdPerGbKept),
      estimate: toJson(estimate),
    };
    const { id } = await tx.breakGlass.create({ data, select: { id: true } });
    const what = breakGlassInWords(condition, selector);
    const after = { what, minutes, endsAt: times.endsAt.toISOString() };
    await audit(tx, {
      by,
      action: "breakGlass.start",
      entity: "breakGlass",
      entityId: id,
      entityName: what,
      after,
      detail: { reason, estimate: toJson(estimate) as never },
    });
    await notify(tx, { kind: "break_glass.started", atMs: nowMs, path: "/break-glass", id, what, by: by.name, reason, endsAtMs });
    await notifyChange(tx, "breakGlass", id);
    return { id, endsAtMs };
  });
}
