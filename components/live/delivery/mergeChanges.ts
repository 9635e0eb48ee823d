import type { DeliveryChange } from "#domain/telemetry/delivery.ts";

/** How many changes a page holds; of more the newest. */
export const CHANGES_MAX = 500;

/** What history told and what came live since, each change once, oldest first. */
export function mergeChanges(told: readonly DeliveryChange[], heard: readonly DeliveryChange[]): DeliveryChange[] {
  const known = new Map([...told, ...heard].map((change) => [keyOfChange(change), change]));
  return [...known.values()].sort((a, b) => a.atMs - b.atMs).slice(-CHANGES_MAX);
}

export function keyOfChange({ collectorId, destination, kind, state, atMs }: DeliveryChange): string {
  return `${collectorId} ${destination} ${kind} ${state} ${atMs}`;
}
