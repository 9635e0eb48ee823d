import { GATES, type Gate, type GateResult } from "../rollout.ts";
import { droppedGate } from "./droppedGate.ts";
import type { GateInput } from "./gateInput.ts";
import { keptShareGate } from "./keptShareGate.ts";
import { memoryGate } from "./memoryGate.ts";
import { p99Gate } from "./p99Gate.ts";
import { queueGate } from "./queueGate.ts";
import { refusedGate } from "./refusedGate.ts";

const JUDGES: Record<Gate, (input: GateInput) => GateResult | null> = {
  p99: p99Gate,
  queue: queueGate,
  memory: memoryGate,
  dropped: droppedGate,
  refused: refusedGate,
  keptShare: keptShareGate,
};

/** What each gate of a stage says now; those that are off say nothing. */
export function evaluateGates(input: GateInput): GateResult[] {
  return GATES.flatMap((gate) => JUDGES[gate](input) ?? []);
}

/** Why a gate is off; null when it is on. */
export function whyOff(gate: Gate, { settings, forecast }: Pick<GateInput, "settings" | "forecast">): string | null {
  const off: Record<Gate, boolean> = {
    p99: settings.p99RatioMax === null,
    queue: settings.queueShareMax === null,
    memory: settings.memoryBytesPerMinuteMax === null,
    dropped: settings.droppedMax === null,
    refused: settings.refusedShareMax === null,
    keptShare: !settings.keptShareWithinForecast,
  };
  if (off[gate]) return "turned off in the plan";
  return gate === "keptShare" && forecast === null ? "no forecast was given to hold it against" : null;
}
