import { z } from "zod";
import { type Explanation, traceIdSchema } from "#domain/sampling/explanation.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { inParallel } from "./inParallel.ts";
import { readExplanation } from "./readExplanation.ts";

export const EXPLAINS_AT_ONCE_MAX = 10;
export const EXPLAIN_TIMEOUT_MS = 5_000;
const COLLECTORS_AT_ONCE_MAX = 64;
/** With many collectors that don't answer, the last ones are not asked any more. */
const ASKING_MS = 15_000;

export const explainTraceSchema = z.strictObject({ traceId: traceIdSchema });
export type ExplainTraceInput = z.input<typeof explainTraceSchema>;

/** Either an explanation, or a problem: why there is none, and what to do where something can be done. */
export type CollectorExplanation = {
  collectorId: string;
  collectorName: string;
  explanation: Explanation | null;
  problem: string | null;
  /** From asking until the answer was there. */
  tookMs: number;
};
/** `traceId` in lower case; of `answers`, the ones that know most come first. */
export type TraceExplanations = { traceId: string; askedAtMs: number; answers: CollectorExplanation[] };

const MOST_TOLD_FIRST: readonly (Explanation["kind"] | undefined)[] = ["decided", "waiting", "remembered", "forgotten", "unknown", "neverSeen", undefined];

/** Asks every collector that is connected, wherever it is, what became of a trace. One that fails to answer fails alone. */
export async function explainTrace({ ctx, input: untrusted, signal }: Call<ExplainTraceInput> & { signal?: AbortSignal }): Promise<TraceExplanations> {
  authorise(ctx, "look");
  const { traceId } = parseInput(explainTraceSchema, untrusted);
  const { live, fleet, explains, nowMs } = ctx.ports;
  if (!explains.take()) throw new AppError("TOO_MANY", `${explains.max} traces are being looked up at this moment; try again in a few seconds`);
  try {
    const askedAtMs = nowMs();
    const collectors = live.rows().filter((row) => row.state !== "offline");
    const answers = await inParallel(collectors, COLLECTORS_AT_ONCE_MAX, async ({ id, name }): Promise<CollectorExplanation> => {
      const about = { collectorId: id, collectorName: name };
      const startedMs = nowMs();
      if (signal?.aborted || startedMs - askedAtMs > ASKING_MS)
        return { ...about, explanation: null, problem: "it was not asked: others took too long to answer. Ask again", tookMs: 0 };
      const answer = await fleet.explain(id, traceId, EXPLAIN_TIMEOUT_MS, signal);
      const read = answer.ok ? readExplanation(answer.explanation, traceId) : { explanation: null, problem: answer.problem };
      return { ...about, ...read, tookMs: Math.max(0, nowMs() - startedMs) };
    });
    const place = ({ explanation }: CollectorExplanation) => MOST_TOLD_FIRST.indexOf(explanation?.kind);
    return { traceId, askedAtMs, answers: answers.sort((a, b) => place(a) - place(b)) };
  } finally {
    explains.release();
  }
}
