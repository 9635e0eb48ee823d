import { toAppError } from "../errors/appError.ts";
import type { CollectorReport } from "../services/fleet-channel/recordConfigReports.ts";

/** What of one collector may wait to be written: five changes, each with two reports. */
export const REPORTS_OF_ONE_MAX = 10;
const REPORTS_PER_WRITE_MAX = 500;
const AGAIN_AFTER_MS = 1_000;

export type ConfigReportsOptions = {
  /** All or none, in this order. */
  write: (reports: readonly CollectorReport[]) => Promise<void>;
  /** Of how many collectors reports may wait. */
  collectorsMax: number;
  log: Record<"warn" | "error", (fields: object, message: string) => void>;
  againAfterMs?: number;
};

/**
 * Reports of configurations on their way to the database: those of one collector are written in the order they came, as many at a time as have come meanwhile. While the database is away they wait; one
 * that it refuses is left out, and keeps no other from being written.
 */
export class ConfigReports {
  readonly #options: ConfigReportsOptions;
  /** By collector, oldest first. */
  readonly #waiting = new Map<string, CollectorReport[]>();
  #writing: Promise<void> | null = null;
  #again: NodeJS.Timeout | null = null;
  #stopped = false;
  /** `leftOut`: found no room; `refused`: the database would not have them. */
  readonly counters = { leftOut: 0, refused: 0 };

  constructor(options: ConfigReportsOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Where there is no room the oldest of its collector goes: what runs now is what counts. */
  add(report: CollectorReport): void {
    this.#keep(report.collectorId, [...(this.#waiting.get(report.collectorId) ?? []), report]);
    void this.write();
  }

  /** Whatever waits. Never rejects; what can't be written yet is tried again by itself. */
  write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  /** Waits for what is being written, and no longer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#again) clearTimeout(this.#again);
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn goes with the first.
    await Promise.resolve();
    while (this.#waiting.size > 0) {
      const left = await this.#writeSome(this.#take());
      if (left.length === 0) continue;
      this.#giveBack(left);
      this.#tryAgain();
      return;
    }
  }

  #take(): CollectorReport[] {
    const batch: CollectorReport[] = [];
    for (const [collectorId, reports] of this.#waiting) {
      if (batch.length > 0 && batch.length + reports.length > REPORTS_PER_WRITE_MAX) break;
      batch.push(...reports);
      this.#waiting.delete(collectorId);
    }
    return batch;
  }

  /** Gives what has to wait. Where one of several is refused they are written by halves, until it stands alone. */
  async #writeSome(batch: readonly CollectorReport[]): Promise<readonly CollectorReport[]> {
    try {
      await this.#options.write(batch);
      return [];
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === "UNAVAILABLE") {
        this.#options.log.warn({ reports: batch.length, reason: error.message }, "configuration reports wait for the database");
        return batch;
      }
      if (batch.length === 1) {
        this.counters.refused++;
        const [{ collectorId, report }] = batch;
        this.#options.log.error(
          { collectorId, revision: report.revision, state: report.state, err: thrown },
          "a configuration report can't be written down, and is left out",
        );
        return [];
      }
      const half = Math.ceil(batch.length / 2);
      const left = await this.#writeSome(batch.slice(0, half));
      return left.length > 0 ? [...left, ...batch.slice(half)] : this.#writeSome(batch.slice(half));
    }
  }

  #giveBack(reports: readonly CollectorReport[]): void {
    for (const [collectorId, older] of Map.groupBy(reports, (one) => one.collectorId))
      this.#keep(collectorId, [...older, ...(this.#waiting.get(collectorId) ?? [])]);
  }

  #keep(collectorId: string, reports: CollectorReport[]): void {
    if (!this.#waiting.has(collectorId) && this.#waiting.size >= this.#options.collectorsMax) {
      this.counters.leftOut += reports.length;
      return;
    }
    const tooMany = Math.max(0, reports.length - REPORTS_OF_ONE_MAX);
    this.counters.leftOut += tooMany;
    this.#waiting.set(collectorId, reports.slice(tooMany));
  }

  #tryAgain(): void {
    if (this.#again || this.#stopped) return;
    this.#again = setTimeout(() => {
      this.#again = null;
      void this.write();
    }, this.#options.againAfterMs ?? AGAIN_AFTER_MS).unref();
  }
}
