import { formatBytes } from "#components/format/formatBytes.ts";
import { formatMs } from "#components/format/formatDuration.ts";
import { formatCount, formatPercent } from "#components/format/formatNumber.ts";
import type { Tone } from "#components/ui/StatusChip.tsx";
import type { Gate } from "#domain/fleet/rollout/rollout.ts";
import { GATE_UNITS, type GateView, type RolloutView } from "#domain/fleet/rollout/rolloutView.ts";

export const GATE_LABELS: Record<Gate, string> = {
  p99: "P99 acknowledgement",
  queue: "Queue, share of capacity",
  memory: "Memory slope",
  dropped: "Dropped",
  refused: "Refused, share of what comes in",
  keptShare: "Kept share",
};

/** In the middle of a sentence. */
export const GATE_NOUNS: Record<Gate, string> = {
  p99: "P99",
  queue: "the queue",
  memory: "memory",
  dropped: "dropped spans",
  refused: "the refused share",
  keptShare: "the kept share",
};

/** A value of the gate in words; null is a dash, because missing is not zero. */
export function gateValue(gate: Gate, value: number | null): string {
  if (value === null) return "—";
  switch (GATE_UNITS[gate]) {
    case "seconds":
      return formatMs(value * 1_000);
    case "share":
      return formatPercent(value);
    case "bytesPerMinute":
      return `${value > 0 ? "+" : ""}${formatBytes(value)}/min`;
    case "spans":
      return formatCount(value);
  }
}

type Limited = Pick<GateView, "gate" | "limit">;

/** What the changed ones must stay within, in the gate's unit; of the kept share both ends. */
export function limitWords({ gate, limit }: Limited, forecast: RolloutView["forecast"]): string {
  if (gate === "keptShare") return forecast === null ? "—" : `${formatPercent(forecast.low)}–${formatPercent(forecast.high)}`;
  return gateValue(gate, limit);
}

export const GATE_STATES: Record<GateView["state"], { tone: Tone; word: string }> = {
  pass: { tone: "done", word: "holds" },
  near: { tone: "warn", word: "near" },
  fail: { tone: "bad", word: "failed" },
  undecided: { tone: "busy", word: "can't tell yet" },
  noData: { tone: "neutral", word: "no data" },
  off: { tone: "neutral", word: "off" },
};
