import type { DeliveryChange } from "#domain/telemetry/delivery.ts";
import type { Marker, MarkerTone } from "../../charts/liveBoard.tsx";
import { formatClock } from "../../format/formatDuration.ts";
import { type FoldedChange, foldProbes } from "./foldProbes.ts";

const DEFAULT = "default";

/** The word of a state that a breaker, a log or memory came into, and its tone, which decides shape and colour. */
export function changeWord(change: DeliveryChange): { word: string; tone: MarkerTone } {
  switch (change.kind) {
    case "breaker":
      return BREAKER[change.state];
    case "wal":
      return LOG[change.state];
    case "memory":
      return MEMORY[change.state];
  }
}

const BREAKER: Record<Extract<DeliveryChange, { kind: "breaker" }>["state"], { word: string; tone: MarkerTone }> = {
  open: { word: "breaker open", tone: "bad" },
  "half-open": { word: "half-open", tone: "warn" },
  closed: { word: "breaker closed", tone: "done" },
};
const LOG: Record<Extract<DeliveryChange, { kind: "wal" }>["state"], { word: string; tone: MarkerTone }> = {
  off: { word: "log off", tone: "neutral" },
  ok: { word: "log well", tone: "done" },
  full: { word: "log full", tone: "bad" },
  behind: { word: "log behind", tone: "warn" },
  failed: { word: "log failed", tone: "bad" },
};
const MEMORY: Record<Extract<DeliveryChange, { kind: "memory" }>["state"], { word: string; tone: MarkerTone }> = {
  ok: { word: "memory well", tone: "done" },
  tight: { word: "memory tight", tone: "warn" },
  full: { word: "memory full", tone: "bad" },
};

/** `errors at gw-1: connection refused; 9 probes failed, the last at 14:31:20`; the collector is named where the page shows more than one. */
export function changeDetail({ change, failedProbes, lastProbeMs }: FoldedChange, namesCollector: boolean): string {
  const destination = change.destination === "" || change.destination === DEFAULT ? "" : change.destination;
  const where = namesCollector ? `${destination === "" ? "" : `${destination} at `}${change.collectorName}` : destination;
  const times = change.kind === "breaker" && change.times > 1 ? `${change.times} times` : "";
  const probes =
    failedProbes === 0 || lastProbeMs === null
      ? ""
      : `${failedProbes === 1 ? "one probe failed," : `${failedProbes} probes failed, the last`} at ${formatClock(lastProbeMs, true)}`;
  const said = [where, change.reason].filter((part) => part !== "").join(": ");
  return [times, said, probes].filter((part) => part !== "").join("; ");
}

export function changeMarkers(changes: readonly DeliveryChange[], namesCollector: boolean): Marker[] {
  return foldProbes(changes).map((folded) => {
    const { word, tone } = changeWord(folded.change);
    const detail = changeDetail(folded, namesCollector);
    return { atMs: folded.change.atMs, label: word, tone, detail: detail === "" ? word : `${word}, ${detail}` };
  });
}
