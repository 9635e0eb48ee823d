import type { ChangesHold } from "#domain/fleet/rollout/rolloutView.ts";
import { audit } from "../../db/audit.ts";
import { readHold, writeHold } from "../../db/changesHold.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { showHold } from "./changesHold.ts";

/** Changes may be made again; rollouts that were paused stay so until somebody resumes each. */
export async function releaseChanges({ ctx }: { ctx: ServiceContext }): Promise<ChangesHold> {
  const by = authorise(ctx, "holdChanges");
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const before = await readHold(tx);
    if (before.stopped === null) return showHold(ctx, tx);
    await writeHold(tx, { ...before, stopped: null }, by.name);
    await audit(tx, { by, action: "changes.release", entity: "changes", before: { stopped: true }, after: { stopped: false } });
    await notifyChange(tx, "changesHold");
    return showHold(ctx, tx);
  });
}
