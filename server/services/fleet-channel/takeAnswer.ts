import { authorise } from "../authorise.ts";
import type { Call, ExplainAnswer } from "../context.ts";

/** Removes a question, and gives back what was answered; null when nothing was. */
export async function takeAnswer({ ctx, input }: Call<{ id: string }>): Promise<ExplainAnswer | null> {
  authorise(ctx, "keepHouse");
  const [question] = await ctx.db.$queryRaw<{ answer: string | null }[]>`DELETE FROM "RelayedQuestion" WHERE id = ${input.id} RETURNING answer`;
  return question?.answer ? JSON.parse(question.answer) : null;
}
