import { reasonInWords } from "#domain/fleet/rollout/reasonInWords.ts";
import type { GateResult, RolloutReason } from "#domain/fleet/rollout/rollout.ts";
import { GATE_NOUNS, gateValue } from "./gateWords.ts";

/** Why it goes back or waits, as a clause; of a gate with what it measured. */
export function reasonWords(reason: RolloutReason): string {
  switch (reason.kind) {
    case "gateFailed":
      return failedWords(reason.result);
    case "gateWithoutData":
      return `there is too little to judge ${listed(reason.gates.map((gate) => GATE_NOUNS[gate]))} by, after twice the time`;
    case "person":
      return `${reason.name} asked for it${reason.message === null || reason.message === "" ? "" : `: “${reason.message}”`}`;
    default:
      return reasonInWords(reason);
  }
}

/** What the failed gate measured, against what. */
function failedWords({ gate, changed, control, limit, against }: GateResult): string {
  const now = gateValue(gate, changed);
  const of = control === null ? "" : gateValue(gate, control);
  const other = of === "" || against === null ? "" : against === "control" ? `; the unchanged ones have ${of}` : `; before the change they had ${of}`;
  if (gate === "dropped") return `${now} ${changed === 1 ? "span was" : "spans were"} dropped by the changed collectors`;
  if (gate === "keptShare") return `the kept share is ${now}, outside of what was forecast${other}`;
  if (gate === "p99") return `P99 is ${now} on the changed collectors${other}`;
  const bound = limit === null || gate === "refused" ? "" : `, above ${gateValue(gate, limit)}`;
  return `${GATE_NOUNS[gate]} is ${now} on the changed collectors${bound}${other}`;
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
