import { DOCUMENT_KINDS } from "#domain/as-code/codeFile.ts";
import type { Plan, Step } from "#domain/as-code/plan.ts";
import { formatProblem } from "#domain/validation/problems.ts";

const SIGNS: Record<Step["action"], string> = { create: "+", change: "~", archive: "-", apply: "▶" };
const LEFT_ALONE_NAMED = 5;

/** The plan as it is read in a terminal or a pull request; what is one thing stands under its name. */
export function planInWords(plan: Plan, server: string): string {
  const { steps, drift, problems, leftAlone } = plan;
  const lines: string[] = [];
  for (const step of steps) lines.push(`${SIGNS[step.action]} ${stepName(step)}`, ...step.sentences.map((sentence) => `    ${sentence}`));
  if (steps.length === 0) lines.push(`Nothing to do: ${server} has what the folder says.`);
  else lines.push("", summary(plan));
  if (leftAlone.length > 0)
    lines.push("", `Left alone, because the folder does not have ${leftAlone.length === 1 ? "it" : "them"} (--prune archives): ${namesOf(leftAlone)}.`);
  if (drift.length > 0) {
    lines.push("", "Changed on the server since the last export or apply from this folder:");
    for (const { path, sentences } of drift) lines.push(`! ${path}`, ...sentences.map((sentence) => `    ${sentence}`));
    lines.push("Nothing is applied over that unless you say --overwrite. To take it into the folder instead: export.");
  }
  if (problems.length > 0) lines.push("", "In the way:", ...problems.map(({ file, ...problem }) => `✗ ${file}: ${formatProblem(problem)}`));
  return `${lines.join("\n")}\n`;
}

export function stepName(step: Step): string {
  const where = step.action === "create" || step.action === "change" ? ` (${step.path})` : "";
  return `${step.action === "apply" ? "run " : ""}${step.kind} ${step.name}${where}`;
}

function summary({ steps }: Plan): string {
  const count = (action: Step["action"]) => steps.filter((step) => step.action === action).length;
  const parts = [
    [count("create"), "to create"],
    [count("change"), "to change"],
    [count("archive"), "to archive"],
    [count("apply"), "to apply to collectors"],
  ] as const;
  return `${parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(", ")}.`;
}

function namesOf(documents: Plan["leftAlone"]): string {
  const sorted = DOCUMENT_KINDS.flatMap((kind) => documents.filter((document) => document.kind === kind));
  const named = sorted.slice(0, LEFT_ALONE_NAMED).map(({ kind, name }) => `${kind} ${name}`);
  const more = sorted.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
