import { notifyReplica } from "../../db/notifyReplica.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

export type Elsewhere = { id: string; askedBy: string; collectorId: string; traceId: string; timeoutMs: number };

/**
 * Puts a question down for the replica that holds the collector's stream, and tells it. False when no other one holds it. Questions that were left
 * behind by a replica that died are removed by whoever asks next.
 */
export async function askElsewhere({ ctx, input }: Call<Elsewhere>): Promise<boolean> {
  authorise(ctx, "keepHouse");
  return ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`DELETE FROM "RelayedQuestion" WHERE "askedAt" < now() - interval '1 minute'`;
    const collector = await tx.collector.findUnique({ where: { id: input.collectorId }, select: { replica: true } });
    if (!collector?.replica || collector.replica === input.askedBy) return false;
    await tx.relayedQuestion.create({ data: { ...input, replica: collector.replica } });
    await notifyReplica(tx, { kind: "question", id: input.id, to: collector.replica });
    return true;
  });
}
