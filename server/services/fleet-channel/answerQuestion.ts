import { notifyReplica } from "../../db/notifyReplica.ts";
import { authorise } from "../authorise.ts";
import type { Call, ExplainAnswer } from "../context.ts";

/** Lays the answer beside the question, and tells whoever asked. Nothing is left behind when they have given up. */
export async function answerQuestion({ ctx, input }: Call<{ id: string; answer: ExplainAnswer }>): Promise<void> {
  authorise(ctx, "keepHouse");
  await ctx.db.$transaction(async (tx) => {
    // As JSON: the text comes from a collector, and Postgres takes no NUL.
    const [asked] = await tx.relayedQuestion.updateManyAndReturn({ where: { id: input.id }, data: { answer: JSON.stringify(input.answer) } });
    if (asked) await notifyReplica(tx, { kind: "answer", id: input.id, to: asked.askedBy });
  });
}
