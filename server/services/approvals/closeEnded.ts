import { audit } from "../../db/audit.ts";
import { readPending } from "../../db/changeRequests.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";

/** Writes down which requests have gone stale or run out of time, an event each. Hold the lock of revisions. Returns how many there were. */
export async function closeEnded(tx: Transaction, nowMs: number): Promise<number> {
  const ended = (await readPending(tx, nowMs)).filter(({ state }) => state !== "pending");
  for (const { id, title, state, askedByName } of ended) {
    await tx.changeRequest.update({ where: { id }, data: { state, decidedAt: new Date(nowMs) } });
    const change = { before: { state: "pending" }, after: { state }, detail: { askedBy: askedByName } };
    await audit(tx, { by: { id: null, name: "Headgate" }, action: "approval.close", entity: "approval", entityId: id, entityName: title, ...change });
    await notifyChange(tx, "approval", id);
  }
  return ended.length;
}
