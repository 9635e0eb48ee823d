import type { DeliveryChange } from "#domain/telemetry/delivery.ts";
import type { LiveHistory } from "#domain/telemetry/live.ts";
import type { OwnChange } from "./noticeChanges.ts";

/** How many changes of the whole fleet a page is told at once. */
export const FLEET_CHANGES_MAX = 500;

type OfCollector = { id: string; name: string; changes: readonly OwnChange[]; leftOut: number };

/** Changes that wait for the next second, when they are sent all together. */
export class FleetChanges {
  #waiting: DeliveryChange[] = [];
  #seq = 0;

  /** Returns how many found no room; they stand in the history all the same. */
  add(id: string, name: string, changes: readonly OwnChange[]): number {
    if (changes.length === 0) return 0;
    this.#waiting.push(...changes.map((change) => named(change, id, name)));
    return this.#waiting.splice(FLEET_CHANGES_MAX).length;
  }

  take(): { seq: number; changes: DeliveryChange[] } {
    const changes = this.#waiting;
    this.#waiting = [];
    return { seq: ++this.#seq, changes };
  }
}

/** Of several collectors, oldest first; of too many the newest. */
export function mergeChanges(all: readonly OfCollector[]): Pick<LiveHistory, "changes" | "changesLeftOut"> {
  const merged = all.flatMap(({ id, name, changes }) => changes.map((change) => named(change, id, name))).sort((a, b) => a.atMs - b.atMs);
  const over = Math.max(0, merged.length - FLEET_CHANGES_MAX);
  return { changes: merged.slice(over), changesLeftOut: over + all.reduce((sum, { leftOut }) => sum + leftOut, 0) };
}

function named(change: OwnChange, collectorId: string, collectorName: string): DeliveryChange {
  return { ...change, collectorId, collectorName };
}
