import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

export type Question = { collectorId: string; traceId: string; timeoutMs: number };

/** Null when whoever asked has given up already. */
export async function readQuestion({ ctx, input }: Call<{ id: string }>): Promise<Question | null> {
  authorise(ctx, "keepHouse");
  return ctx.db.relayedQuestion.findUnique({ where: { id: input.id }, select: { collectorId: true, traceId: true, timeoutMs: true } });
}
