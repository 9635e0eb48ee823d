import { formatBytes } from "#components/format/formatBytes.ts";
import { formatAge } from "#components/format/formatDuration.ts";
import type { Tone } from "#components/ui/StatusChip.tsx";
import type { BreakerState, DestinationView, WalState } from "#domain/telemetry/delivery.ts";

export const BREAKERS: Record<BreakerState, { word: string; tone: Tone }> = {
  closed: { word: "closed", tone: "ok" },
  "half-open": { word: "half-open", tone: "warn" },
  open: { word: "open", tone: "bad" },
};

export const LOGS: Record<WalState, { word: string; tone: Tone }> = {
  off: { word: "off", tone: "neutral" },
  ok: { word: "well", tone: "ok" },
  full: { word: "full", tone: "bad" },
  behind: { word: "behind", tone: "warn" },
  failed: { word: "failed", tone: "bad" },
};

/** `12 MB of 1.07 GB, oldest 4 min, full in 3 h`; nothing of a log that is off. */
export function logFacts({ wal, walBytes, walBytesMax, walAgeMs, breaker, logFullInMs }: DestinationView): string {
  if (wal === "off") return "";
  const facts = [`${formatBytes(walBytes)} of ${formatBytes(walBytesMax)}`];
  if (walAgeMs >= 1_000) facts.push(`oldest ${formatAge(walAgeMs)}`);
  // While a breaker is closed the log goes up and down with the traffic, and a forecast would be noise.
  if (logFullInMs !== null && breaker !== "closed" && wal !== "full") facts.push(`full in ${formatAge(logFullInMs)} at this rate`);
  return facts.join(", ");
}

/** A collector of a version before breakers and logs says nothing of them; its zeros are none. */
export function isOfOldCollector({ batchSizeMax }: DestinationView): boolean {
  return batchSizeMax === 0;
}

/** `2,048 of 512–8,192`; a dash where the collector doesn't say. */
export function batchFacts(destination: DestinationView, format: (value: number) => string): string {
  if (isOfOldCollector(destination)) return "—";
  const { batchSize, batchSizeMin, batchSizeMax } = destination;
  return `${format(batchSize)} of ${format(batchSizeMin)}–${format(batchSizeMax)}`;
}
