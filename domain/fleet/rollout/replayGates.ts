import { evaluateGates } from "./gates/evaluateGates.ts";
import type { GateInput } from "./gates/gateInput.ts";
import type { Gate } from "./rollout.ts";

/** At how many moments of a stage, at most, it is looked whether a gate would have fired: each look takes all windows up to it. */
const LOOKS_MAX = 60;

/** When each gate would have fired first in a stage whose windows are known; those that would not are missing. */
export function replayGates(input: GateInput): Map<Gate, number> {
  const fired = new Map<Gate, number>();
  const step = Math.max(1, Math.ceil(input.since.length / LOOKS_MAX));
  for (let seen = step; seen < input.since.length + step; seen += step) {
    const since = input.since.slice(0, seen);
    const atMs = since.at(-1)?.atMs ?? 0;
    for (const { gate, state } of evaluateGates({ ...input, since })) if (state === "fail" && !fired.has(gate)) fired.set(gate, atMs);
  }
  return fired;
}
