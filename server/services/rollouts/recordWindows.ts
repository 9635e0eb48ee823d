import type { WindowFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import { toJson } from "../../db/toJson.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { WINDOWS_MAX } from "./rolloutWindows.ts";

export type WindowToRecord = { stage: number; atMs: number; figures: WindowFigures };

/** Keeps what this replica saw; a window that it has written already stays as it was. Of one stage so many are kept that gates look at, and the oldest go. */
export async function recordWindows({ ctx, input }: Call<{ number: number; replica: string; windows: WindowToRecord[]; windowMs: number }>): Promise<void> {
  authorise(ctx, "keepHouse");
  const { number, replica, windows, windowMs } = input;
  if (windows.length === 0) return;
  await ctx.db.rolloutPoint.createMany({
    data: windows.map(({ stage, atMs, figures }) => ({ rollout: number, stage, at: new Date(atMs), replica, figures: toJson(figures) })),
    skipDuplicates: true,
  });
  const { atMs } = windows[windows.length - 1];
  if (Math.floor(atMs / windowMs) % 100 !== 0) return;
  const { startedAt } = await ctx.db.rollout.findUniqueOrThrow({ where: { number }, select: { startedAt: true } });
  const stage = { in: [...new Set(windows.map((window) => window.stage))] };
  await ctx.db.rolloutPoint.deleteMany({ where: { rollout: number, stage, at: { gte: startedAt, lt: new Date(atMs - WINDOWS_MAX * windowMs) } } });
}
