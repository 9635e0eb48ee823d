import { notifyChange } from "../../db/notifyChange.ts";
import { parseEffectiveConfig } from "../../db/parseEffectiveConfig.ts";
import { labelsOf } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import type { Hello } from "./helloInput.ts";

/** What a collector said about itself when it connected, and which replica holds its stream. `replaces`: a stream of its own that has not ended yet. Returns the labels that count: its own, as people changed them. */
export async function recordHello({
  ctx,
  input,
}: Call<{ collectorId: string; hello: Hello; replica: string; replaces: boolean }>): Promise<{ labels: Record<string, string> }> {
  authorise(ctx, "keepHouse");
  const { collectorId, hello, replica, replaces } = input;
  const { name, labels, version, runningRevision, runningHash, otlpGrpcEndpoint, otlpHttpEndpoint, processStartMs } = hello;
  const effectiveConfig = parseEffectiveConfig(hello.effectiveConfig);
  return ctx.db.$transaction(async (tx) => {
    const data = {
      name,
      ownLabels: labels,
      version,
      runningRevision,
      runningHash,
      otlpGrpcEndpoint,
      otlpHttpEndpoint,
      replica,
      processStartMs,
      ...(replaces && { streamsLost: { increment: 1 } }),
      lastSeenAt: new Date(ctx.ports.nowMs()),
      ...(effectiveConfig && { effectiveConfig }),
    };
    // Compared with itself alone, so it does not matter what its clock says.
    await tx.collector.updateMany({ where: { id: collectorId, processStartMs: { notIn: [0, processStartMs] } }, data: { starts: { increment: 1 } } });
    const updated = await tx.collector.updateMany({ where: { id: collectorId }, data });
    if (updated.count === 0) throw new AppError("UNAUTHENTICATED", "the collector was forgotten; enrol again with a token");
    await notifyChange(tx, "collector", collectorId);
    const { editedLabels } = await tx.collector.findUniqueOrThrow({ where: { id: collectorId }, select: { editedLabels: true } });
    return { labels: labelsOf({ ownLabels: labels, editedLabels }) };
  });
}
