import { freezeAt } from "#domain/fleet/rollout/freezeWindows.ts";
import type { ChangesHold } from "#domain/fleet/rollout/rolloutView.ts";
import { readHold } from "../../db/changesHold.ts";
import type { Transaction } from "../../db/database.ts";
import { authorise, may } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Whether changes are stopped or frozen now, and when they are. */
export async function changesHold({ ctx }: { ctx: ServiceContext }): Promise<ChangesHold> {
  authorise(ctx, "look");
  return showHold(ctx, ctx.db);
}

export async function showHold(ctx: ServiceContext, tx: Transaction): Promise<ChangesHold> {
  const { stopped, windows } = await readHold(tx);
  return { stopped, freeze: freezeAt(windows, ctx.ports.nowMs()), windows, mayChange: may(ctx, "holdChanges") };
}
