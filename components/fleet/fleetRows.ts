import type { CollectorRow } from "#domain/telemetry/live.ts";
import { COLLECTOR_STATES, CONFIG_STATES } from "./collectorStates.ts";
import { deliveryTrouble } from "./deliveryTrouble.ts";

export type SortKey = "name" | "state" | "version" | "config" | "lastSeen" | "received" | "kept" | "p99" | "queue" | "memory";
export type Sort = { key: SortKey; descending: boolean };

/** Every word has to be found in the name, a label, the version or a state; case does not matter. */
export function matchesFilter(row: CollectorRow, filter: string): boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const labels = Object.entries(row.labels).map(([key, value]) => `${key}=${value}`);
  const states = [COLLECTOR_STATES[row.state].word, CONFIG_STATES[row.configState].word, deliveryTrouble(row)?.word ?? ""];
  const haystack = [row.name, ...labels, row.version, ...states].join("\n").toLowerCase();
  return words.every((word) => haystack.includes(word));
}

/** Ids in the order asked for. Missing figures come last either way, equal ones by name. */
export function sortedIds(rows: readonly CollectorRow[], { key, descending }: Sort): string[] {
  const direction = descending ? -1 : 1;
  return [...rows]
    .sort((a, b) => {
      const left = sortValue(a, key);
      const right = sortValue(b, key);
      if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1;
      if (left === right) return byName(a, b);
      return (typeof left === "string" && typeof right === "string" ? left.localeCompare(right, "en", { numeric: true }) : left < right ? -1 : 1) * direction;
    })
    .map((row) => row.id);
}

/** Keeps the order that is on screen while figures move: only rows that went are taken out, and new ones join at the end. */
export function heldOrder(before: readonly string[], rows: readonly CollectorRow[]): string[] {
  const present = new Set(rows.map((row) => row.id));
  const held = before.filter((id) => present.has(id));
  const known = new Set(held);
  return [...held, ...rows.filter((row) => !known.has(row.id)).map((row) => row.id)];
}

function sortValue(row: CollectorRow, key: SortKey): string | number | null {
  switch (key) {
    case "name":
      return row.name;
    case "state":
      return stateRank(row);
    case "version":
      return row.version;
    case "config":
      return row.runningRevision;
    case "lastSeen":
      return row.lastSeenMs;
    case "received":
      return row.receivedPerS;
    case "kept":
      return keptShare(row);
    case "p99":
      return row.ackP99Ms;
    case "queue":
      return queueShare(row);
    case "memory":
      return row.rssBytes;
  }
}

/** What is online but in trouble comes after what is silent, and before what is well. */
function stateRank(row: CollectorRow): number {
  const trouble = deliveryTrouble(row);
  return COLLECTOR_STATES[row.state].rank - (trouble === null ? 0 : trouble.tone === "bad" ? 0.5 : 0.25);
}

export function keptShare(row: CollectorRow): number | null {
  return row.receivedPerS === null || row.keptPerS === null || row.receivedPerS <= 0 ? null : row.keptPerS / row.receivedPerS;
}

export function queueShare(row: CollectorRow): number | null {
  return row.queueSpans === null || row.queueCapacitySpans === null || row.queueCapacitySpans <= 0 ? null : row.queueSpans / row.queueCapacitySpans;
}

function byName(a: CollectorRow, b: CollectorRow): number {
  return a.name.localeCompare(b.name, "en", { numeric: true }) || (a.id < b.id ? -1 : 1);
}
