import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { Transaction } from "../../db/database.ts";
import { newestRevisions } from "../../db/groupRows.ts";
import { readLiveRollouts } from "../../db/rolloutRows.ts";
import { AppError } from "../../errors/appError.ts";

/**
 * Throws CONFLICT while a rollout changes what collectors of this group run: its own, one of the group that it follows as long as nothing was applied to it,
 * or one of a group that follows it. Hold the lock of revisions.
 */
export async function refuseDuringRollout(tx: Transaction, group: { id: string; name: string }): Promise<void> {
  const live = await readLiveRollouts(tx);
  if (live.length === 0) return;
  const newest = await newestRevisions(tx);
  const followedBy = (groupId: string) => (newest.has(groupId) ? groupId : DEFAULT_GROUP_ID);
  const other = live.find(({ groupId }) => groupId === group.id || followedBy(group.id) === groupId || followedBy(groupId) === group.id);
  if (!other) return;
  const what = `rollout ${other.number} (${other.documentName} v${other.toVersion}, by ${other.authorName})`;
  throw new AppError("CONFLICT", `${what} changes collectors of ${group.name} at this moment: wait for its end, or abort it under /rollouts/${other.number}`);
}
