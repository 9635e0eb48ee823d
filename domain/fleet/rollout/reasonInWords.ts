import type { Gate, RolloutReason } from "./rollout.ts";
import { countOf } from "./shortened.ts";

export const GATE_NAMES: Record<Gate, string> = {
  p99: "P99 acknowledgement",
  queue: "queue",
  memory: "memory slope",
  dropped: "dropped spans",
  refused: "refused spans",
  keptShare: "kept share",
};

/** Why a rollout is paused or goes back, to stand after a colon. Collectors are counted, since their names are not known here. */
export function reasonInWords(reason: RolloutReason): string {
  switch (reason.kind) {
    case "gateFailed":
      return `the gate ${GATE_NAMES[reason.gate]} failed`;
    case "gateWithoutData":
      return `${reason.gates.length === 1 ? "the gate" : "the gates"} ${reason.gates.map((gate) => GATE_NAMES[gate]).join(", ")} had too little to go by in twice the baking time`;
    case "notApplied":
      return `${collectors(countOf(reason))} did not run the new configuration within ${reason.withinSeconds} s`;
    case "refused":
      return `${collectors(countOf(reason))} refused it: ${[reason.path, reason.reason].filter(Boolean).join(": ")}`;
    case "wrongHash":
      return `${collectors(countOf(reason))} said that it was applied, with another hash`;
    case "away":
      return `${collectors(countOf(reason))} went away and stayed away for ${reason.forSeconds} s`;
    case "unstable":
      return `${collectors(countOf(reason))} started or connected again too often`;
    case "noCollectors":
      return "no collector is connected";
    case "person":
      return reason.message === null ? `by ${reason.name}` : `by ${reason.name}: ${reason.message}`;
  }
}

const collectors = (count: number) => (count === 1 ? "1 collector" : `${count} collectors`);
