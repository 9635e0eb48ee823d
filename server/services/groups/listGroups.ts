import { compareGroups, DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import { DOCUMENT_KINDS, type DocumentKindName, REVISION_COLUMNS, type Revision } from "../../db/documentRows.ts";
import { newestRevisions, readGroups, toGroup } from "../../db/groupRows.ts";
import { readTargets } from "../../db/targets.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ListInput, listSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

export type RunningDocument = { kind: DocumentKindName; id: string; name: string; version: number };
export type GroupListItem = {
  id: string;
  name: string;
  selector: string;
  priority: number;
  description: string;
  isDefault: boolean;
  members: number;
  online: number;
  /** Members that run something else than the group's newest revision. */
  differing: number;
  /** Null before the first boot has finished. */
  revision: number | null;
  /** False as long as nothing was applied to it: it runs what the default group runs. */
  hasOwnRevision: boolean;
  appliedAtMs: number | null;
  appliedBy: string | null;
  documents: RunningDocument[];
};

/** Groups in the order in which they take collectors, or those that are archived. */
export async function listGroups({ ctx, input: untrusted }: Call<ListInput | undefined>): Promise<GroupListItem[]> {
  authorise(ctx, "look");
  const { archived } = parseInput(listSchema, untrusted ?? {});
  const groups = archived
    ? (await ctx.db.collectorGroup.findMany({ where: { archivedAt: { not: null } } })).map(toGroup).sort(compareGroups)
    : await readGroups(ctx.db);
  const newest = await newestRevisions(ctx.db);
  const defaultRevision = newest.get(DEFAULT_GROUP_ID) ?? null;
  const targets = await readTargets(ctx.db, ctx.ports.nowMs());
  const nameOf = new Map((await ctx.db.document.findMany({ select: { id: true, name: true } })).map(({ id, name }) => [id, name]));
  const rows = ctx.ports.live.rows();
  return groups.map((group) => {
    const own = newest.get(group.id);
    const revision = own ?? defaultRevision;
    const members = rows.filter(({ id }) => targets.get(id)?.group.id === group.id);
    return {
      id: group.id,
      name: group.name,
      selector: group.selectorText,
      priority: group.priority,
      description: group.description,
      isDefault: group.isDefault,
      members: members.length,
      online: members.filter(({ state }) => state !== "offline").length,
      differing: members.filter(({ runningHash }) => runningHash !== revision?.hash).length,
      revision: revision?.number ?? null,
      hasOwnRevision: own !== undefined,
      appliedAtMs: own?.createdAtMs ?? null,
      appliedBy: own?.authorName ?? null,
      documents: revision ? documentsOf(revision, nameOf) : [],
    };
  });
}

/** The version of each kind of document that a revision names. */
export function documentsOf(revision: Revision, nameOf: ReadonlyMap<string, string>): RunningDocument[] {
  return DOCUMENT_KINDS.map((kind) => {
    const columns = REVISION_COLUMNS[kind];
    const id = revision[columns.id];
    return { kind, id, name: nameOf.get(id) ?? "", version: revision[columns.version] };
  });
}
