import type { ChangesHold } from "#domain/fleet/rollout/rolloutView.ts";
import { audit } from "../../db/audit.ts";
import { readHold, writeHold } from "../../db/changesHold.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { showHold } from "./changesHold.ts";
import { type SetFreezeWindowsInput, setFreezeWindowsSchema } from "./rolloutInput.ts";

/** Replaces the windows in which nothing starts and no stage opens. */
export async function setFreezeWindows({ ctx, input: untrusted }: Call<SetFreezeWindowsInput>): Promise<ChangesHold> {
  const by = authorise(ctx, "holdChanges");
  const { windows } = parseInput(setFreezeWindowsSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const before = await readHold(tx);
    await writeHold(tx, { ...before, windows }, by.name);
    const change = { before: { windows: toJson(before.windows) as never }, after: { windows: toJson(windows) as never } };
    await audit(tx, { by, action: "changes.freeze", entity: "changes", ...change });
    await notifyChange(tx, "changesHold");
    return showHold(ctx, tx);
  });
}
