import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ListRevisionsInput, listRevisionsSchema } from "./applyInput.ts";

export type RevisionListItem = {
  revision: number;
  hash: string;
  groupId: string;
  groupName: string;
  /** Of an override: the one collector that it was made for; the name is null when that was forgotten. */
  collector: { id: string; name: string | null } | null;
  policyId: string;
  policyName: string;
  policyVersion: number;
  destinationId: string;
  destinationName: string;
  destinationVersion: number;
  pipelineId: string;
  pipelineName: string;
  pipelineVersion: number;
  authorName: string;
  /** Who said yes to it, where that was needed. */
  approverName: string | null;
  createdAtMs: number;
  message: string | null;
};

/** Revisions, newest first, the last 50 where nothing else is asked for; of one group without those that overrode single collectors, or that a rollout has not brought to all. */
export async function listRevisions({ ctx, input: untrusted }: Call<ListRevisionsInput | undefined>): Promise<RevisionListItem[]> {
  authorise(ctx, "look");
  const { groupId, before, limit } = parseInput(listRevisionsSchema, untrusted);
  const where = { number: { lt: before }, ...(groupId !== undefined && { groupId, collectorId: null, isStaged: false }) };
  const rows = await ctx.db.revision.findMany({ where, orderBy: { number: "desc" }, take: limit, include: { group: { select: { name: true } } } });
  const documents = await ctx.db.document.findMany({ select: { id: true, name: true } });
  const names = new Map(documents.map((document) => [document.id, document.name]));
  const collectorIds = rows.flatMap(({ collectorId }) => collectorId ?? []);
  const collectors = await ctx.db.collector.findMany({ where: { id: { in: collectorIds } }, select: { id: true, name: true } });
  const collectorNames = new Map(collectors.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    revision: row.number,
    hash: row.hash,
    groupId: row.groupId,
    groupName: row.group.name,
    collector: row.collectorId === null ? null : { id: row.collectorId, name: collectorNames.get(row.collectorId) ?? null },
    policyId: row.policyId,
    policyName: names.get(row.policyId) ?? "",
    policyVersion: row.policyVersion,
    destinationId: row.destinationId,
    destinationName: names.get(row.destinationId) ?? "",
    destinationVersion: row.destinationVersion,
    pipelineId: row.pipelineId,
    pipelineName: names.get(row.pipelineId) ?? "",
    pipelineVersion: row.pipelineVersion,
    authorName: row.authorName,
    approverName: row.approverName,
    createdAtMs: row.createdAt.getTime(),
    message: row.message,
  }));
}
