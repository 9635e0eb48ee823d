import { toJson } from "../../db/toJson.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import type { WindowToRecord } from "./recordWindows.ts";

/** Of windows that this replica has told: what it knows of them by now. */
export async function rewriteWindows({ ctx, input }: Call<{ number: number; replica: string; windows: readonly WindowToRecord[] }>): Promise<void> {
  authorise(ctx, "keepHouse");
  const { number: rollout, replica, windows } = input;
  for (const { stage, atMs, figures } of windows)
    await ctx.db.rolloutPoint.updateMany({ where: { rollout, stage, at: new Date(atMs), replica }, data: { figures: toJson(figures) } });
}
