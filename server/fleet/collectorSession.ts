import type { ServerDuplexStream, status } from "@grpc/grpc-js";
import type { ExplainAnswer } from "../services/context.ts";
import type { Hello } from "../services/fleet-channel/helloInput.ts";
import type { NewestConfig } from "../services/fleet-channel/newestConfig.ts";
import type { CollectorMessageFields, ServerMessageFields } from "./fleetMethods.ts";

export type FleetStream = ServerDuplexStream<CollectorMessageFields, ServerMessageFields>;
export const COMMANDS_PENDING_MAX = 16;
/** Well above what the largest policy can bring about. */
export const EXPLANATION_CHARS_MAX = 262_144;

type CheckAnswer = { ok: boolean; message: string; tookMs: number };
type CommandAnswer = CheckAnswer & { explanation: string };

const GIVEN_UP = "nobody waits for the answer any more";
const noAnswer = (message: string, tookMs = 0): CommandAnswer => ({ ok: false, message, tookMs, explanation: "" });

/** One collector's stream: what was sent to it, what it runs, and which commands wait for their answer. */
export class CollectorSession {
  readonly id: string;
  readonly #stream: FleetStream;
  readonly #pending = new Map<string, (answer: CommandAnswer) => void>();
  readonly #canExplain: boolean;
  #runningHash: string;
  #sent: { revision: number; hash: string; failed: boolean } | null = null;
  #closed = false;

  constructor(id: string, stream: FleetStream, { runningHash, capabilities }: Pick<Hello, "runningHash" | "capabilities">) {
    this.id = id;
    this.#stream = stream;
    this.#runningHash = runningHash;
    this.#canExplain = capabilities.includes("explain");
  }

  get closed(): boolean {
    return this.#closed;
  }

  welcome(haveUntilMs: number): void {
    this.#write({ welcome: { collectorId: this.id, haveUntilMs } });
  }

  watch(intervalMs: number): void {
    this.#write({ watch: { intervalMs } });
  }

  /** Sends a configuration unless the collector runs that very one, or was sent it already; one it refused is sent again under a newer revision. */
  deliver({ revision, hash, body }: NewestConfig): boolean {
    const sent = this.#sent;
    const retry = sent?.failed === true && revision > sent.revision;
    if (!retry && (sent ? sent.hash === hash : this.#runningHash === hash)) return false;
    this.#sent = { revision, hash, failed: false };
    this.#write({ config: { revision, hash, body } });
    return true;
  }

  applied(hash: string): void {
    this.#runningHash = hash;
  }

  failed(): void {
    if (this.#sent) this.#sent.failed = true;
  }

  async checkExport(commandId: string, exportJson: string, timeoutMs: number): Promise<CheckAnswer> {
    const { ok, message, tookMs } = await this.#ask({ commandId, checkExport: { export: exportJson } }, timeoutMs);
    return { ok, message, tookMs };
  }

  async explain(commandId: string, traceId: string, timeoutMs: number, signal?: AbortSignal): Promise<ExplainAnswer> {
    if (!this.#canExplain) return { ok: false, problem: "it is of a version that can't explain traces; update it" };
    const { ok, message, explanation } = await this.#ask({ commandId, explain: { traceId } }, timeoutMs, signal);
    if (!ok) return { ok, problem: message || "it could not explain, and gave no reason" };
    if (explanation.length > EXPLANATION_CHARS_MAX) return { ok: false, problem: `its answer is longer than the ${EXPLANATION_CHARS_MAX} characters allowed` };
    return { ok, explanation };
  }

  answered(commandId: string, answer: CommandAnswer): void {
    this.#pending.get(commandId)?.(answer);
  }

  /** Sends a command and waits for its answer: at most so long, and not when the stream ends or `signal` aborts. Never rejects. */
  #ask(command: { commandId: string } & NonNullable<ServerMessageFields["command"]>, timeoutMs: number, signal?: AbortSignal): Promise<CommandAnswer> {
    if (this.#closed || this.#pending.size >= COMMANDS_PENDING_MAX) return Promise.resolve(noAnswer("the collector is busy or gone; try again"));
    if (signal?.aborted) return Promise.resolve(noAnswer(GIVEN_UP));
    return new Promise((resolve) => {
      const { commandId } = command;
      const started = performance.now();
      const giveUp = () => settle(noAnswer(GIVEN_UP));
      const timer = setTimeout(() => settle(noAnswer(`the collector gave no answer within ${timeoutMs / 1_000} s`, performance.now() - started)), timeoutMs);
      const settle = (answer: CommandAnswer) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        this.#pending.delete(commandId);
        resolve(answer);
      };
      this.#pending.set(commandId, settle);
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#write({ command });
    });
  }

  goodbye(reconnectAfterMs: number, reason: string): void {
    if (this.#closed) return;
    this.#write({ goodbye: { reconnectAfterMs, reason } });
    this.#stream.end();
    this.ended();
  }

  refuse(code: status, details: string): void {
    if (this.#closed) return;
    this.#stream.emit("error", { code, details });
    this.ended();
  }

  /** The stream is gone, whoever ended it. */
  ended(): void {
    this.#closed = true;
    for (const settle of [...this.#pending.values()]) settle(noAnswer("the collector disconnected before it answered"));
  }

  #write(message: ServerMessageFields): void {
    if (!this.#closed && !this.#stream.destroyed && this.#stream.writable) this.#stream.write(message);
  }
}
