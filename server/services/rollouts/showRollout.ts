import { isGoingBack, isLive } from "#domain/fleet/rollout/rollout.ts";
import { type RolloutHead, stageTrack } from "#domain/fleet/rollout/rolloutView.ts";
import { shortReason } from "#domain/fleet/rollout/shortened.ts";
import type { RolloutHeadRow } from "../../db/rolloutRows.ts";

/** What a list shows of it. */
export function showRollout(row: RolloutHeadRow, groupName: string): RolloutHead {
  const { number, state, kind, documentId, documentName, fromVersion, toVersion, fromRevision, toRevision, joined } = row;
  const { startedAtMs, endedAtMs, authorName, approverName, message, collectors } = row;
  return {
    ...{ number, kind, fromVersion, toVersion, fromRevision, toRevision, startedAtMs, endedAtMs, authorName, approverName, message, collectors },
    group: { id: row.groupId, name: groupName },
    document: { id: documentId, name: documentName },
    phase: state.phase,
    reason: shortReason(state.reason),
    pausedAtMs: isLive(state) ? state.pausedAtMs : null,
    sinceMs: state.sinceMs,
    stages: stageTrack(state, joined),
    changed: isGoingBack(state) ? 0 : [...joined.values()].reduce((sum, count) => sum + count, 0),
  };
}
