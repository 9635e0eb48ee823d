import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { CollectorState } from "#domain/telemetry/live.ts";
import { findDocument } from "../../db/documentRows.ts";
import { groupRevision } from "../../db/groupRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type FirstRun = {
  collectors: { id: string; name: string; otlpGrpcEndpoint: string | null; otlpHttpEndpoint: string | null; state: CollectorState }[];
  everReceived: boolean;
  /** Anything but the seeded "keep everything" was applied. */
  policyTouched: boolean;
  destinationTouched: boolean;
  archive: { bytes: number; bytesMax: number } | null;
  runningPolicy: { id: string; name: string; version: number };
  sampleTraffic: "running" | "stopped";
};

export async function firstRun({ ctx }: { ctx: ServiceContext }): Promise<FirstRun> {
  authorise(ctx, "look");
  const revision = await groupRevision(ctx.db, DEFAULT_GROUP_ID);
  const first = await ctx.db.revision.findUnique({ where: { number: 1 } });
  const policy = revision && (await findDocument(ctx.db, "sampling", revision.policyId));
  if (!revision || !policy || !first) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const rows = ctx.ports.live.rows();
  const archives = rows.flatMap((row) =>
    row.archiveBytes === null || row.archiveBytesMax === null ? [] : [{ bytes: row.archiveBytes, bytesMax: row.archiveBytesMax }],
  );
  return {
    collectors: rows.map(({ id, name, otlpGrpcEndpoint, otlpHttpEndpoint, state }) => ({ id, name, otlpGrpcEndpoint, otlpHttpEndpoint, state })),
    everReceived: ctx.ports.live.everReceived(),
    policyTouched: revision.policyId !== first.policyId || revision.policyVersion !== first.policyVersion,
    destinationTouched: revision.destinationId !== first.destinationId || revision.destinationVersion !== first.destinationVersion,
    archive: archives.length === 0 ? null : archives.reduce((sum, item) => ({ bytes: sum.bytes + item.bytes, bytesMax: sum.bytesMax + item.bytesMax })),
    runningPolicy: { id: policy.id, name: policy.name, version: revision.policyVersion },
    sampleTraffic: ctx.ports.sampleTraffic.current().state,
  };
}
