import { findDocument, findVersion, newestRevision } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { type DestinationBody, showDestination } from "../destinations/destinationBody.ts";

export type CurrentRevision = {
  revision: number;
  hash: string;
  policy: { id: string; name: string; version: number };
  destination: { id: string; name: string; version: number; kind: DestinationBody["kind"] };
  pipeline: { id: string; name: string; version: number };
  appliedAtMs: number;
  authorName: string;
  /** Collectors that run it, of all that are not offline. */
  inSync: number;
  total: number;
};

export async function currentRevision({ ctx }: { ctx: ServiceContext }): Promise<CurrentRevision> {
  authorise(ctx, "viewer");
  const revision = await newestRevision(ctx.db);
  if (!revision) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const policy = await findDocument(ctx.db, "sampling", revision.policyId);
  const destination = await findDocument(ctx.db, "export", revision.destinationId);
  const pipeline = await findDocument(ctx.db, "pipeline", revision.pipelineId);
  const body = await findVersion(ctx.db, revision.destinationId, revision.destinationVersion);
  if (!policy || !destination || !pipeline || !body) throw new Error("a revision names a version that is not there");
  const rows = ctx.ports.live.rows().filter((row) => row.state !== "offline");
  return {
    revision: revision.number,
    hash: revision.hash,
    policy: { id: policy.id, name: policy.name, version: revision.policyVersion },
    destination: { id: destination.id, name: destination.name, version: revision.destinationVersion, kind: showDestination(body.body, body.secrets).kind },
    pipeline: { id: pipeline.id, name: pipeline.name, version: revision.pipelineVersion },
    appliedAtMs: revision.createdAtMs,
    authorName: revision.authorName,
    inSync: rows.filter((row) => row.runningHash === revision.hash).length,
    total: rows.length,
  };
}
