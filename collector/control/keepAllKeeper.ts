import { type KeepAllEntry, type KeepAllRule, keepAllListSchema } from "#domain/fleet/keepAll.ts";
import { messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";
import type { DataFolder } from "./dataFolder.ts";

/** How often what is left is written down, so that a clock that was set back adds no more than this. */
const WRITE_EVERY_MS = 60_000;

type Kept = KeepAllRule & { until: number };
type Parts = {
  data: Pick<DataFolder, "readKeepAll" | "writeKeepAll">;
  clock: Clock;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
};

/**
 * What keeps everything for a while: takes the list from the control plane, ends each when its time is over, whoever is connected then, and keeps what is
 * left on disk for the next start. Times run on the clock that nobody sets.
 */
export class KeepAllKeeper {
  #kept: Kept[] = [];
  #apply: (rules: readonly KeepAllRule[]) => Promise<void> = () => Promise.resolve();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What the process before this one left; a time that passed meanwhile counts. */
  async load(): Promise<void> {
    const { data, clock, log } = this.#parts;
    const read = await data.readKeepAll();
    if (read === undefined) return;
    if ("problem" in read) return log.warn({ reason: read.problem }, "what was to be kept in full can't be read from disk; the control plane tells it again");
    const passedMs = clock.unixMs() - read.value.writtenAtMs;
    this.#kept = read.value.entries.flatMap(({ leftMs, ...rule }) => {
      const left = Math.min(leftMs, leftMs - passedMs);
      return left > 0 ? [{ ...rule, until: clock.now() + left }] : [];
    });
  }

  get rules(): KeepAllRule[] {
    return this.#kept.map(({ id, condition }) => ({ id, condition }));
  }

  /** From now on `apply` puts the list into force; what was loaded is in force already. */
  start(apply: (rules: readonly KeepAllRule[]) => Promise<void>): void {
    this.#apply = apply;
    this.#next();
  }

  /** The whole list as the control plane sent it. One that is not valid changes nothing. */
  async set(json: unknown): Promise<void> {
    const { clock, log } = this.#parts;
    const parsed = keepAllListSchema.safeParse(json);
    if (!parsed.success) return log.warn({ reason: parsed.error.issues[0].message }, "what is to be kept in full was not understood; nothing changed");
    const now = clock.now();
    const before = JSON.stringify(this.rules);
    this.#kept = parsed.data.filter(({ leftMs }) => leftMs > 0).map(({ id, condition, leftMs }) => ({ id, condition, until: now + leftMs }));
    if (JSON.stringify(this.rules) !== before) log.info({ ids: this.#kept.map(({ id }) => id) }, "kept in full by break glass");
    await this.#changed();
  }

  stop(): void {
    this.#cancel?.();
  }

  async #changed(): Promise<void> {
    try {
      await this.#apply(this.rules);
    } catch (error) {
      this.#parts.log.warn({ reason: messageOf(error) }, "what is to be kept in full could not be put into force");
    }
    this.#write();
    this.#next();
  }

  #write(): void {
    const { data, clock, log } = this.#parts;
    const now = clock.now();
    const entries: KeepAllEntry[] = this.#kept.map(({ id, condition, until }) => ({ id, condition, leftMs: Math.max(0, until - now) }));
    const file = { writtenAtMs: clock.unixMs(), entries };
    this.#writing = this.#writing
      .then(() => data.writeKeepAll(file))
      .catch((error: unknown) => log.warn({ reason: messageOf(error) }, "what is kept in full could not be kept on disk for the next start"));
  }

  #next(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#kept.length === 0) return;
    const { clock } = this.#parts;
    const first = Math.min(...this.#kept.map(({ until }) => until));
    this.#cancel = clock.after(Math.max(0, Math.min(WRITE_EVERY_MS, first - clock.now())), () => this.#look());
  }

  #look(): void {
    const { clock, log } = this.#parts;
    const over = this.#kept.filter(({ until }) => until <= clock.now());
    if (over.length === 0) {
      this.#write();
      return this.#next();
    }
    this.#kept = this.#kept.filter((one) => !over.includes(one));
    log.info({ ids: over.map(({ id }) => id) }, "no longer kept in full: its time is over");
    void this.#changed();
  }
}
