import { KEEP_ALL_MAX, type KeepAllCount, type KeepAllRule } from "#domain/fleet/keepAll.ts";
import type { SpanTable } from "../otlp/spanTable.ts";

/** Ended ones are told of for as long as there is room, so that their last spans reach the control plane. */
const ENDED_TOLD_MAX = 48;

/** What is kept because of each break glass, in totals since the process started. */
export class KeepAllCounts {
  readonly #counts = new Map<string, KeepAllCount>();

  /** `rules` are wanted from now on, of which the first `inForce` hold; `problem` says why the others don't. */
  use(rules: readonly KeepAllRule[], inForce: number, problem: string): void {
    for (const count of this.#counts.values()) count.active = false;
    for (const [index, { id }] of rules.entries()) {
      const known = this.#counts.get(id) ?? { id, spans: 0, bytes: 0, active: false, problem: "" };
      // Set anew, so that it stands behind those that ended before.
      this.#counts.delete(id);
      this.#counts.set(id, Object.assign(known, { active: index < inForce, problem: index < inForce ? "" : problem }));
    }
    for (const id of this.#counts.keys()) {
      if (this.#counts.size <= KEEP_ALL_MAX + ENDED_TOLD_MAX) return;
      this.#counts.delete(id);
    }
  }

  add(id: string, spans: number, bytes: number): void {
    const count = this.#counts.get(id);
    if (count === undefined) return;
    count.spans += spans;
    count.bytes += bytes;
  }

  /** One request of span scope, as the scan under these rules found it. */
  addScanned(rules: readonly KeepAllRule[], table: SpanTable): void {
    for (let tier = 0; tier < rules.length; tier++) if (table.extraSpans[tier] > 0) this.add(rules[tier].id, table.extraSpans[tier], table.extraBytes[tier]);
  }

  figures(): KeepAllCount[] {
    return Array.from(this.#counts.values(), (count) => ({ ...count }));
  }
}
