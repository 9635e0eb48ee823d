import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type RevisionListItem = {
  revision: number;
  hash: string;
  policyId: string;
  policyName: string;
  policyVersion: number;
  destinationName: string;
  destinationVersion: number;
  pipelineName: string;
  pipelineVersion: number;
  authorName: string;
  createdAtMs: number;
  message: string | null;
};

/** The last 50 revisions, newest first. */
export async function listRevisions({ ctx }: { ctx: ServiceContext }): Promise<RevisionListItem[]> {
  authorise(ctx, "viewer");
  const rows = await ctx.db.revision.findMany({ orderBy: { number: "desc" }, take: 50 });
  const documents = await ctx.db.document.findMany({ select: { id: true, name: true } });
  const names = new Map(documents.map((document) => [document.id, document.name]));
  return rows.map((row) => ({
    revision: row.number,
    hash: row.hash,
    policyId: row.policyId,
    policyName: names.get(row.policyId) ?? "",
    policyVersion: row.policyVersion,
    destinationName: names.get(row.destinationId) ?? "",
    destinationVersion: row.destinationVersion,
    pipelineName: names.get(row.pipelineId) ?? "",
    pipelineVersion: row.pipelineVersion,
    authorName: row.authorName,
    createdAtMs: row.createdAt.getTime(),
    message: row.message,
  }));
}
