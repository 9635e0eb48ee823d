import { commandRollout } from "#domain/fleet/rollout/commandRollout.ts";
import type { ChangesHold } from "#domain/fleet/rollout/rolloutView.ts";
import { audit } from "../../db/audit.ts";
import { readHold, writeHold } from "../../db/changesHold.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { lockRollout, readLiveRollouts } from "../../db/rolloutRows.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { showHold } from "./changesHold.ts";
import { rolloutFacts } from "./rolloutFacts.ts";
import { type StopAllInput, stopAllSchema } from "./rolloutInput.ts";
import { saveMove } from "./saveMove.ts";

/** Pauses every live rollout, and lets nothing start or be applied until it is released. What goes back goes on going back. */
export async function stopAllChanges({ ctx, input: untrusted }: Call<StopAllInput>): Promise<ChangesHold> {
  const by = authorise(ctx, "holdChanges");
  const { reason } = parseInput(stopAllSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const nowMs = ctx.ports.nowMs();
    const before = await readHold(tx);
    const after = { ...before, stopped: { by: by.name, reason, atMs: nowMs } };
    await writeHold(tx, after, by.name);
    const paused: number[] = [];
    for (const { number } of await readLiveRollouts(tx)) {
      const row = await lockRollout(tx, number);
      if (!row?.isLive) continue;
      const { collectors, bases } = await rolloutFacts(tx, row, nowMs);
      const move = commandRollout(row.state, { kind: "pause", name: by.name, message: reason }, { nowMs, collectors, gates: [] });
      if ("refused" in move) continue;
      await saveMove(tx, row, { move, by, nowMs, bases });
      paused.push(number);
    }
    const change = { before: { stopped: before.stopped !== null }, after: { stopped: true }, detail: { reason, paused } };
    await audit(tx, { by, action: "changes.stop", entity: "changes", ...change });
    await notifyChange(tx, "changesHold");
    return showHold(ctx, tx);
  });
}
