import { notifyChange } from "../../db/notifyChange.ts";
import { parseEffectiveConfig } from "../../db/parseEffectiveConfig.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import type { Hello } from "./helloInput.ts";

/** What a collector said about itself when it connected, and which replica holds its stream. */
export async function recordHello({ ctx, input }: Call<{ collectorId: string; hello: Hello; replica: string }>): Promise<void> {
  authorise(ctx, "admin");
  const { collectorId, hello, replica } = input;
  const { name, labels, version, runningRevision, runningHash, otlpGrpcEndpoint, otlpHttpEndpoint } = hello;
  const effectiveConfig = parseEffectiveConfig(hello.effectiveConfig);
  await ctx.db.$transaction(async (tx) => {
    const data = {
      name,
      labels,
      version,
      runningRevision,
      runningHash,
      otlpGrpcEndpoint,
      otlpHttpEndpoint,
      replica,
      lastSeenAt: new Date(ctx.ports.nowMs()),
      ...(effectiveConfig && { effectiveConfig }),
    };
    const updated = await tx.collector.updateMany({ where: { id: collectorId }, data });
    if (updated.count === 0) throw new AppError("UNAUTHENTICATED", "the collector was forgotten; enrol again with a token");
    await notifyChange(tx, "collector", collectorId);
  });
}
