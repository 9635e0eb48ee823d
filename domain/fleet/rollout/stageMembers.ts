import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { RolloutPlan, StageSize } from "./rolloutPlan.ts";
import { wantedOf } from "./stageSizes.ts";

/**
 * The collectors that join with a stage of this size, in the order in which they are taken, when `members` are in it from the stages before. The order is that of a
 * hash of rollout and collector, so a restart and another replica choose the same, and another rollout chooses others. At least one joins while there is one left.
 */
export function stageMembers(rolloutId: string, size: StageSize, members: readonly string[], collectors: readonly string[]): string[] {
  const taken = new Set(members);
  const left = collectors.filter((id) => !taken.has(id));
  const wanted = wantedOf(size, taken.size + left.length);
  const more = Math.min(left.length, Math.max(1, wanted - taken.size));
  const ranked = left.map((id) => ({ id, rank: bytesToHex(sha256(utf8ToBytes(`${rolloutId}/${id}`))) }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return ranked.slice(0, more).map(({ id }) => id);
}

/** Who would be changed once each stage is open, if all of them stay as they are. */
export function plannedMembers(rolloutId: string, { stages }: RolloutPlan, collectors: readonly string[]): string[][] {
  let members: string[] = [];
  return stages.map(({ size }) => {
    members = [...members, ...stageMembers(rolloutId, size, members, collectors)];
    return members;
  });
}
