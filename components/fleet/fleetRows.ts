import { filterText, filterWords, hasWords } from "#components/ui/textFilter.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { COLLECTOR_STATES, CONFIG_STATES } from "./collectorStates.ts";
import { deliveryTrouble } from "./deliveryTrouble.ts";

/** Made once: of ten thousand rows each comparison would make its own. */
const BY_TEXT = new Intl.Collator("en", { numeric: true });

export type SortKey = "name" | "state" | "version" | "config" | "lastSeen" | "received" | "kept" | "p99" | "queue" | "memory";
export type Sort = { key: SortKey; descending: boolean };

/** Every word has to be found in the name, a label, the version or a state; case does not matter. */
export function matchesFilter(row: CollectorRow, filter: string): boolean {
  const words = filterWords(filter);
  return words.length === 0 || hasWords(textOf(row), words);
}

const texts = new WeakMap<CollectorRow, string>();

/** Rows come anew each second; between two keystrokes they are the same. */
function textOf(row: CollectorRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const labels = Object.entries(row.labels).map(([key, value]) => `${key}=${value}`);
  const states = [COLLECTOR_STATES[row.state].word, CONFIG_STATES[row.configState].word, deliveryTrouble(row)?.word ?? ""];
  const groups = [row.group?.name ?? "", row.overriddenUntilMs === null ? "" : "overridden"];
  const text = filterText([row.name, ...labels, ...groups, row.version, ...states]);
  texts.set(row, text);
  return text;
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
      return (typeof left === "string" && typeof right === "string" ? BY_TEXT.compare(left, right) : left < right ? -1 : 1) * direction;
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
  return BY_TEXT.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}
