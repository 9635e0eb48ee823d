import { formatDate } from "#components/format/formatDuration.ts";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { GATE_LABELS, GATE_STATES, gateValue, limitWords } from "../gateWords.ts";
import { logWords } from "../logWords.ts";
import { changeWords, phaseWords } from "../phaseWords.ts";
import { plainVerdict, rolloutVerdict } from "../rolloutVerdict.ts";

/** The page as text, for an incident's thread. */
export function reportText(view: RolloutView, nowMs: number): string {
  const gates = view.gates.map(
    (gate) =>
      `- ${GATE_LABELS[gate.gate]}: ${gateValue(gate.gate, gate.changed)}, control ${gateValue(gate.gate, gate.control)}, limit ${limitWords(gate, view.forecast)}: ${GATE_STATES[gate.state].word}`,
  );
  const failures = view.failures.map(({ name, path, reason }) => `- ${name}: ${[path, reason].filter(Boolean).join(": ")}`);
  if (view.failuresLeftOut > 0) failures.push(`- and ${view.failuresLeftOut} others`);
  const log = view.log.map((entry) => `- ${new Date(entry.atMs).toISOString()} ${logWords(entry, view).text}`);
  return [
    `Rollout ${view.number}: ${changeWords(view)}, group ${view.group.name}, ${phaseWords(view).word}`,
    `Started ${formatDate(view.startedAtMs)} by ${view.authorName}.`,
    "",
    plainVerdict(rolloutVerdict(view, nowMs)),
    "",
    "Gates:",
    ...gates,
    ...(failures.length === 0 ? [] : ["", "Collectors that failed:", ...failures]),
    "",
    "What happened:",
    ...log,
  ].join("\n");
}
