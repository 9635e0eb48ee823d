/** Order in which one reads a configuration; the database keeps keys in an order of its own. */
const ORDER = [
  "sampling",
  "pipeline",
  "export",
  "scope",
  "name",
  "kind",
  "decisionWaitMs",
  "decisionWaitAfterRootMs",
  "tracesMax",
  "spansMax",
  "bytesMax",
  "decisionCache",
  "tiers",
  "condition",
  "keep",
  "protocol",
  "endpoint",
  "compression",
  "headers",
  "key",
  "in",
  "op",
  "match",
  "is",
  "value",
  "values",
  "of",
  "ratio",
];

/** The same value with known keys first, in reading order, and any others after them by name. */
export function inReadingOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inReadingOrder);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, inReadingOrder(item)]));
}

function rank(key: string): number {
  const at = ORDER.indexOf(key);
  return at === -1 ? ORDER.length : at;
}
