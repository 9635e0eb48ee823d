import type { ServerDuplexStream, status } from "@grpc/grpc-js";
import type { NewestConfig } from "../services/fleet-channel/newestConfig.ts";
import type { CollectorMessageFields, ServerMessageFields } from "./fleetMethods.ts";

export type FleetStream = ServerDuplexStream<CollectorMessageFields, ServerMessageFields>;
export const COMMANDS_PENDING_MAX = 16;

type CommandAnswer = { ok: boolean; message: string; tookMs: number };

/** One collector's stream: what was sent to it, what it runs, and which commands wait for their answer. */
export class CollectorSession {
  readonly id: string;
  readonly #stream: FleetStream;
  readonly #pending = new Map<string, (answer: CommandAnswer) => void>();
  #runningHash: string;
  #sent: { revision: number; hash: string; failed: boolean } | null = null;
  #closed = false;

  constructor(id: string, stream: FleetStream, runningHash: string) {
    this.id = id;
    this.#stream = stream;
    this.#runningHash = runningHash;
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

  checkExport(commandId: string, exportJson: string, timeoutMs: number): Promise<CommandAnswer> {
    if (this.#closed || this.#pending.size >= COMMANDS_PENDING_MAX)
      return Promise.resolve({ ok: false, message: "the collector is busy or gone; try again", tookMs: 0 });
    return new Promise((resolve) => {
      const started = performance.now();
      const timer = setTimeout(
        () => settle({ ok: false, message: `the collector gave no answer within ${timeoutMs / 1_000} s`, tookMs: performance.now() - started }),
        timeoutMs,
      );
      const settle = (answer: CommandAnswer) => {
        clearTimeout(timer);
        this.#pending.delete(commandId);
        resolve(answer);
      };
      this.#pending.set(commandId, settle);
      this.#write({ command: { commandId, checkExport: { export: exportJson } } });
    });
  }

  answered(commandId: string, answer: CommandAnswer): void {
    this.#pending.get(commandId)?.(answer);
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
    for (const settle of [...this.#pending.values()]) settle({ ok: false, message: "the collector disconnected before it answered", tookMs: 0 });
  }

  #write(message: ServerMessageFields): void {
    if (!this.#closed && !this.#stream.destroyed && this.#stream.writable) this.#stream.write(message);
  }
}
