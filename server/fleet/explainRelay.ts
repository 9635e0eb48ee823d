import { randomUUID } from "node:crypto";
import { toAppError } from "../errors/appError.ts";
import type { ExplainAnswer, ServiceContext } from "../services/context.ts";
import { answerQuestion } from "../services/fleet-channel/answerQuestion.ts";
import { askElsewhere } from "../services/fleet-channel/askElsewhere.ts";
import { readQuestion } from "../services/fleet-channel/readQuestion.ts";
import { takeAnswer } from "../services/fleet-channel/takeAnswer.ts";

/** What the way through the database may take on top of the collector's own time. */
const ON_THE_WAY_MS = 2_000;
export const ANSWERING_MAX = 500;

export type ExplainHere = (collectorId: string, traceId: string, timeoutMs: number) => Promise<ExplainAnswer>;
export type ExplainRelayOptions = {
  ctx: ServiceContext;
  replica: string;
  explainHere: ExplainHere;
  log: { warn(fields: object, message: string): void };
};

/** Asks collectors whose stream another replica holds, and answers for those that this one holds. Questions and answers are rows; NOTIFY says when to look. */
export class ExplainRelay {
  readonly #options: ExplainRelayOptions;
  readonly #waiting = new Map<string, () => void>();
  #answering = 0;
  /** Questions that were left unanswered because too many came at once. */
  refused = 0;

  constructor(options: ExplainRelayOptions) {
    this.#options = options;
  }

  async explain(collectorId: string, traceId: string, timeoutMs: number, signal?: AbortSignal): Promise<ExplainAnswer> {
    const { ctx, replica } = this.#options;
    const id = randomUUID();
    const waiting = this.#wait(id, timeoutMs + ON_THE_WAY_MS, signal);
    try {
      if (!(await askElsewhere({ ctx, input: { id, askedBy: replica, collectorId, traceId, timeoutMs } })))
        return { ok: false, problem: "it is not connected at this moment; ask again" };
      await waiting.answered;
      const problem = "it is connected to another replica of the control plane, which gave no answer in time; ask again, or ask there";
      return (await takeAnswer({ ctx, input: { id } })) ?? { ok: false, problem };
    } catch (error) {
      return { ok: false, problem: this.#report(error, "a collector of another replica could not be asked") };
    } finally {
      waiting.end();
    }
  }

  question(id: string): void {
    if (this.#answering >= ANSWERING_MAX) {
      this.refused++;
      return;
    }
    this.#answering++;
    this.#answer(id)
      .catch((error) => this.#report(error, "a question of another replica could not be answered"))
      .finally(() => this.#answering--);
  }

  answer(id: string): void {
    this.#waiting.get(id)?.();
  }

  /** Nobody waits any longer. */
  stop(): void {
    for (const end of [...this.#waiting.values()]) end();
  }

  async #answer(id: string): Promise<void> {
    const { ctx, explainHere } = this.#options;
    const question = await readQuestion({ ctx, input: { id } });
    if (!question) return;
    const { collectorId, traceId, timeoutMs } = question;
    await answerQuestion({ ctx, input: { id, answer: await explainHere(collectorId, traceId, timeoutMs) } });
  }

  #report(error: unknown, what: string): string {
    const { code, message } = toAppError(error);
    this.#options.log.warn({ reason: message, err: code === "INTERNAL" ? error : undefined }, what);
    return message;
  }

  /** Begins before the question is put, so that no answer comes too early to be heard. */
  #wait(id: string, withinMs: number, signal: AbortSignal | undefined): { answered: Promise<void>; end: () => void } {
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      this.#waiting.delete(id);
      resolve();
    };
    const timer = setTimeout(end, withinMs);
    this.#waiting.set(id, end);
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
    return { answered, end };
  }
}
