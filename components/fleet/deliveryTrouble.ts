import type { LogTrouble } from "#domain/telemetry/delivery.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import type { Tone } from "../ui/StatusChip.tsx";

export type DeliveryTrouble = { word: string; tone: Tone; title: string };

/** The worst that is true of a collector's breakers, logs and memory; null when they are well, or when nothing was said of them lately. */
export function deliveryTrouble({ delivery }: Pick<CollectorRow, "delivery">): DeliveryTrouble | null {
  if (delivery === null) return null;
  const { breakers, logs, memory } = delivery;
  const log = (state: LogTrouble["state"]) => logs.find((one) => one.state === state);
  const breaker = (state: "open" | "half-open") => breakers.filter((one) => one.state === state);
  if (memory === "full") return { word: "memory full", tone: "bad", title: "Memory is at its limit; every request is refused" };
  const failed = log("failed");
  if (failed) return { word: "log failed", tone: "bad", title: `${failed.destination}: ${failed.problem || "the write-ahead log can't be used"}` };
  const full = log("full");
  if (full) return { word: "log full", tone: "bad", title: `${full.destination}: ${full.problem || "the write-ahead log is at its bound"}` };
  const open = breaker("open");
  if (open.length > 0) return { word: open.length === 1 ? "breaker open" : `${open.length} breakers open`, tone: "bad", title: said(open) };
  const half = breaker("half-open");
  if (half.length > 0) return { word: "breaker half-open", tone: "warn", title: said(half) };
  const behind = log("behind");
  if (behind) return { word: "log behind", tone: "warn", title: `${behind.destination}: ${behind.problem || "the disk is slower than what is kept"}` };
  if (memory === "tight") return { word: "memory tight", tone: "warn", title: "Memory is above its soft mark; tiers are shed" };
  return null;
}

function said(breakers: readonly { destination: string; lastFailure: string }[]): string {
  return breakers.map(({ destination, lastFailure }) => (lastFailure === "" ? destination : `${destination}: ${lastFailure}`)).join("; ");
}
