import type { KeepAllCount } from "#domain/fleet/keepAll.ts";

export const KEEP_ALL_REPORTS_MAX = 50_000;
export type KeptReport = { breakGlassId: string; collectorId: string; processStartMs: number; spans: number; bytes: number; active: boolean; problem: string };

/** What collectors told of break glasses since it was taken last: of each process the newest. */
export class KeepAllBook {
  #reports = new Map<string, KeptReport>();
  readonly #written = new Map<string, string>();
  /** What found no room. It is told again in the next second. */
  refused = 0;

  add(collectorId: string, processStartMs: number, counts: readonly KeepAllCount[]): void {
    for (const { id, ...count } of counts) {
      const key = `${id} ${collectorId} ${processStartMs}`;
      const report = { breakGlassId: id, collectorId, processStartMs, ...count };
      const text = JSON.stringify(count);
      if (this.#written.get(key) === text) continue;
      if (!this.#reports.has(key) && this.#reports.size >= KEEP_ALL_REPORTS_MAX) {
        this.refused++;
        continue;
      }
      this.#reports.set(key, report);
    }
  }

  /** What is new; it counts as written once `written` was called with it. */
  take(): KeptReport[] {
    const taken = [...this.#reports.values()];
    this.#reports = new Map();
    return taken;
  }

  written(reports: readonly KeptReport[]): void {
    if (this.#written.size > KEEP_ALL_REPORTS_MAX) this.#written.clear();
    for (const { breakGlassId, collectorId, processStartMs, ...count } of reports)
      this.#written.set(`${breakGlassId} ${collectorId} ${processStartMs}`, JSON.stringify(count));
  }
}
