import type { CollectorRow } from "#domain/telemetry/live.ts";
import { findDocument, findVersion } from "../../db/documentRows.ts";
import { groupRevision } from "../../db/groupRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type DestinationBody, showDestination } from "../destinations/destinationBody.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { type ByGroupInput, byGroupSchema } from "./applyInput.ts";

export type CurrentRevision = {
  /** Null of a group that runs what the default one runs, because nothing was applied to it yet. */
  ownRevision: number | null;
  revision: number;
  hash: string;
  policy: { id: string; name: string; version: number };
  destination: { id: string; name: string; version: number; kind: DestinationBody["kind"] };
  pipeline: { id: string; name: string; version: number };
  appliedAtMs: number;
  authorName: string;
  /** Of the group's collectors that are not offline, those that run what they shall run; an override is that too. */
  inSync: number;
  total: number;
  /** Of the whole fleet the same, and how many groups there are. */
  fleet: { inSync: number; total: number };
  groups: number;
};

/** What a group runs; without a group the default one, which is all collectors as long as there is no other. */
export async function currentRevision({ ctx, input: untrusted }: Call<ByGroupInput | undefined>): Promise<CurrentRevision> {
  authorise(ctx, "look");
  const { groupId } = parseInput(byGroupSchema, untrusted);
  await groupOrThrow(ctx.db, groupId);
  const revision = await groupRevision(ctx.db, groupId);
  if (!revision) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const policy = await findDocument(ctx.db, "sampling", revision.policyId);
  const destination = await findDocument(ctx.db, "export", revision.destinationId);
  const pipeline = await findDocument(ctx.db, "pipeline", revision.pipelineId);
  const body = await findVersion(ctx.db, revision.destinationId, revision.destinationVersion);
  if (!policy || !destination || !pipeline || !body) throw new Error("a revision names a version that is not there");
  const online = ctx.ports.live.rows().filter((row) => row.state !== "offline");
  const rows = online.filter((row) => row.group?.id === groupId);
  return {
    ownRevision: revision.groupId === groupId ? revision.number : null,
    revision: revision.number,
    hash: revision.hash,
    policy: { id: policy.id, name: policy.name, version: revision.policyVersion },
    destination: { id: destination.id, name: destination.name, version: revision.destinationVersion, kind: showDestination(body.body, body.secrets).kind },
    pipeline: { id: pipeline.id, name: pipeline.name, version: revision.pipelineVersion },
    appliedAtMs: revision.createdAtMs,
    authorName: revision.authorName,
    ...countInSync(rows),
    fleet: countInSync(online),
    groups: await ctx.db.collectorGroup.count({ where: { archivedAt: null } }),
  };
}

function countInSync(rows: readonly CollectorRow[]): { inSync: number; total: number } {
  return { inSync: rows.filter((row) => row.configState === "in-sync").length, total: rows.length };
}
