import type { ServerDuplexStream, status } from "@grpc/grpc-js";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { KeepAllEntry } from "#domain/fleet/keepAll.ts";
import { PROFILE_BYTES_MAX, PROFILE_CHUNK_BYTES_MAX, type ProfileRequest } from "#domain/fleet/profileRequest.ts";
import type { ShadowKind } from "#domain/sampling/compare/shadowReport.ts";
import type { ExplainAnswer, ProfileAnswer } from "../services/context.ts";
import type { Assignment } from "../services/fleet-channel/assignments.ts";
import type { Hello } from "../services/fleet-channel/helloInput.ts";
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
  readonly #canProfile: boolean;
  readonly #canTry: Record<ShadowKind, boolean>;
  /** What it was told last over this stream to try, of each kind; `open` as long as it was neither told to stop nor said its last word. */
  readonly #tries: Record<ShadowKind, { id: string; open: boolean }> = { live: { id: "", open: false }, replay: { id: "", open: false } };
  readonly #canKeepAll: boolean;
  /** What has come of the profiles that are waited for; at most as many as commands. */
  readonly #profiles = new Map<string, Uint8Array[]>();
  #runningHash: string;
  #sent: { revision: number; hash: string; failed: boolean } | null = null;
  #lookUp = 0;
  #keepAllLookUp = 0;
  #keepAllSent: string | null = null;
  #closed = false;

  constructor(id: string, stream: FleetStream, { runningHash, capabilities }: Pick<Hello, "runningHash" | "capabilities">) {
    this.id = id;
    this.#stream = stream;
    this.#runningHash = runningHash;
    this.#canExplain = capabilities.includes("explain");
    this.#canProfile = capabilities.includes("profile");
    this.#canTry = { live: capabilities.includes("shadow"), replay: capabilities.includes("replay") };
    this.#canKeepAll = capabilities.includes("keep-all");
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

  /** Look-ups of what it shall run are numbered as they begin. False of one that began before another whose answer is here already: that is old. */
  takeLookUp(number: number): boolean {
    if (number < this.#lookUp) return false;
    this.#lookUp = number;
    return true;
  }

  /** False when the collector runs that very configuration, or was sent it already; one it refused is wanted again under another revision. */
  wants({ revision, hash }: Assignment): boolean {
    const sent = this.#sent;
    const retry = sent?.failed === true && revision !== sent.revision;
    return retry || (sent ? sent.hash !== hash : this.#runningHash !== hash);
  }

  deliver({ revision, hash }: Assignment, body: string): void {
    this.#sent = { revision, hash, failed: false };
    this.#write({ config: { revision, hash, body } });
  }

  /** What it shall keep in full, where it can; nothing is sent that says what was sent last. Look-ups are numbered as those of configurations are. */
  keepAll(lookUp: number, entries: readonly KeepAllEntry[], nowMs: number): void {
    if (!this.#canKeepAll || lookUp < this.#keepAllLookUp) return;
    this.#keepAllLookUp = lookUp;
    const key = entries.map(({ id, leftMs }) => `${id} ${Math.round((nowMs + leftMs) / 1_000)}`).join();
    if (key === this.#keepAllSent) return;
    this.#keepAllSent = key;
    this.#write({ keepAll: { entries: entries.map(({ id, condition, leftMs }) => ({ id, condition: canonicalJson(condition), leftMs })) } });
  }

  applied(hash: string): void {
    this.#runningHash = hash;
  }

  failed(): void {
    if (this.#sent) this.#sent.failed = true;
  }

  canTry(kind: ShadowKind): boolean {
    return this.#canTry[kind];
  }

  /** Of the policy that it was told last over this stream to try beside the running one, also where it has ended since; empty when there was none. */
  triedLast(kind: ShadowKind): string {
    return this.#tries[kind].id;
  }

  /** `policy`: canonical JSON. */
  startShadow(shadowId: string, policy: string, minutes: number): void {
    this.#tries.live = { id: shadowId, open: true };
    this.#write({ shadow: { shadowId, policy, minutes } });
  }

  /** `policy`: canonical JSON. */
  startReplay(shadowId: string, policy: string, backMs: number): void {
    this.#tries.replay = { id: shadowId, open: true };
    this.#write({ replay: { shadowId, policy, backMs } });
  }

  /** Whatever it tries of a kind, it shall not any more. */
  stopTrying(kind: ShadowKind): void {
    if (this.#tries[kind].open) this.stopShadow(kind, this.#tries[kind].id);
  }

  stopShadow(kind: ShadowKind, shadowId: string): void {
    if (shadowId === this.#tries[kind].id) this.#tries[kind].open = false;
    this.#write({ [kind === "live" ? "shadow" : "replay"]: { shadowId, policy: "" } });
  }

  /** It has said its last word of what it tries. */
  triedEnough(kind: ShadowKind): void {
    this.#tries[kind].open = false;
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

  /** When `signal` aborts, the collector is told to give it up. Never rejects. */
  async profile(commandId: string, request: ProfileRequest, timeoutMs: number, signal?: AbortSignal): Promise<ProfileAnswer> {
    if (!this.#canProfile) return { ok: false, problem: "it is of a version that can't profile itself; update it" };
    const pieces: Uint8Array[] = [];
    this.#profiles.set(commandId, pieces);
    const { ok, message } = await this.#ask({ commandId, recordProfile: request }, timeoutMs, signal);
    this.#profiles.delete(commandId);
    if (message === GIVEN_UP) this.#write({ command: { commandId: `${commandId}/cancel`, cancel: { commandId } } });
    return ok ? { ok, bytes: Buffer.concat(pieces) } : { ok, problem: message || "it could not record a profile, and gave no reason" };
  }

  /** A piece of a profile; of one that nobody waits for any more it is left out. */
  piece(commandId: string, data: Uint8Array): void {
    const pieces = this.#profiles.get(commandId);
    if (pieces === undefined) return;
    pieces.push(data);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (data.length <= PROFILE_CHUNK_BYTES_MAX && bytes <= PROFILE_BYTES_MAX) return;
    pieces.length = 0;
    this.#profiles.delete(commandId);
    this.answered(commandId, noAnswer(`its profile is larger than the ${PROFILE_BYTES_MAX} bytes allowed`));
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
