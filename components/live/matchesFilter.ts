import type { CollectorRow } from "#domain/telemetry/live.ts";
import { deliveryTrouble } from "../fleet/deliveryTrouble.ts";

/** Every word of the filter occurs in the name, in a label (`env=prod`) or in the state. */
export function matchesFilter(row: Pick<CollectorRow, "name" | "labels" | "state" | "configState" | "delivery">, filter: string): boolean {
  const trouble = deliveryTrouble(row)?.word ?? "";
  const text = [row.name, row.state, row.configState, trouble, ...Object.entries(row.labels).map(([key, value]) => `${key}=${value}`)].join(" ").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
