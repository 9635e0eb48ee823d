import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { Transaction } from "./database.ts";
import { type Revision, versionIn } from "./documentRows.ts";
import { newestRevisions, readGroups } from "./groupRows.ts";
import { readOverrides } from "./targets.ts";

/** Where a version of a document runs: in a group, or on one collector of its own. */
export type RunningPlace = { groupId: string; groupName: string; collector: { id: string; name: string } | null; version: number; revision: number };
export type Running = { revision: Revision; groupName: string; collector: { id: string; name: string } | null }[];

/** Everything that is to run now: what each group runs, the default one first, then what single collectors run instead. */
export async function readRunning(tx: Transaction, nowMs: number): Promise<Running> {
  const groups = (await readGroups(tx)).sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  const newest = await newestRevisions(tx);
  const overrides = await readOverrides(tx, nowMs);
  const collectors = await tx.collector.findMany({
    where: { id: { in: [...overrides.keys()] } },
    select: { id: true, name: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const nameOf = new Map(groups.map(({ id, name }) => [id, name]));
  const ofGroups = groups.flatMap(({ id, name }) => {
    const revision = newest.get(id);
    return revision ? [{ revision, groupName: name, collector: null }] : [];
  });
  const ofCollectors = collectors.flatMap((collector) => {
    const revision = overrides.get(collector.id)?.revision;
    return revision ? [{ revision, groupName: nameOf.get(revision.groupId) ?? "", collector }] : [];
  });
  return [...ofGroups, ...ofCollectors];
}

/** In the same order. */
export function placesOf(running: Running, documentId: string): RunningPlace[] {
  return running.flatMap(({ revision, groupName, collector }) => {
    const version = versionIn(revision, documentId);
    return version === null ? [] : [{ groupId: revision.groupId, groupName, collector, version, revision: revision.number }];
  });
}

/** The version that every group runs; null when they differ or one runs none of it. */
export function versionEverywhere(running: Running, documentId: string): number | null {
  const versions = running.filter(({ collector }) => collector === null).map(({ revision }) => versionIn(revision, documentId));
  return versions.length > 0 && versions.every((version) => version === versions[0]) ? versions[0] : null;
}

/** `v2 runs, in revision 7`; `v2 runs in the group payments, in revision 7`; `v2 runs on gw-1, overridden, in revision 8`. */
export function placeInWords({ groupId, groupName, collector, version, revision }: RunningPlace): string {
  const where = collector ? ` on ${collector.name}, overridden` : groupId === DEFAULT_GROUP_ID ? "" : ` in the group ${groupName}`;
  return `v${version} runs${where}, in revision ${revision}`;
}
