import { formatMs } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import type { Tone } from "#components/ui/StatusChip.tsx";
import type { RolloutLogEntry, RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { countOf } from "#domain/fleet/rollout/shortened.ts";
import { versionBefore } from "./phaseWords.ts";
import { stageLabel } from "./plan/planWords.ts";
import { listed, reasonWords } from "./reasonWords.ts";

type Told = Pick<RolloutView, "plan" | "toVersion" | "fromVersion" | "names">;

/** One line of what happened, with the shape it stands by where it is more than news. */
export function logWords({ step, by }: RolloutLogEntry, view: Told): { tone: Tone | null; text: string } {
  switch (step.kind) {
    case "started":
      return { tone: null, text: `${by} started it${step.message === null || step.message === "" ? "" : `: “${step.message}”`}` };
    case "stageOpened":
      return {
        tone: null,
        text: `${stageLabel(view.plan, step.stage)}: v${view.toVersion} to ${count(countOf(step), "more collector", "more collectors")}${named(step, view)}`,
      };
    case "applied":
      return { tone: null, text: `${count(step.collectors, "collector runs", "collectors run")} v${view.toVersion}, after ${formatMs(step.tookMs)}` };
    case "stagePassed":
      return {
        tone: "done",
        text: `${stageLabel(view.plan, step.stage)} passed${step.byPerson === null ? "" : `: ${step.byPerson} ended the watching early`}`,
      };
    case "approvalWanted":
      return { tone: "warn", text: `${stageLabel(view.plan, step.stage)} waits for somebody to open it` };
    case "approved":
      return { tone: null, text: `${step.name} opened ${stageLabel(view.plan, step.stage).toLowerCase()}` };
    case "paused":
      return { tone: "warn", text: `Paused: ${reasonWords(step.reason)}` };
    case "resumed":
      return { tone: null, text: `${step.name} resumed it` };
    case "rollingBack":
      return { tone: "bad", text: `Going back: ${reasonWords(step.reason)}` };
    case "rolledBack":
      return rolledBack(step.tookMs, step.unconfirmed.length + (step.others ?? 0), versionBefore(view));
    case "completed":
      return { tone: "done", text: "Completed: the group runs it" };
  }
}

function rolledBack(tookMs: number, unconfirmed: number, before: string): { tone: Tone; text: string } {
  if (unconfirmed === 0) return { tone: "done", text: `All run ${before} again, after ${formatMs(tookMs)}` };
  return {
    tone: "warn",
    text: `${count(unconfirmed, "collector has", "collectors have")} not said that ${unconfirmed === 1 ? "it runs" : "they run"} ${before} again; it is what ${unconfirmed === 1 ? "it gets" : "they get"}`,
  };
}

/** `: a, b and 498 others`; nothing where it is not known who they are. */
function named({ collectors, others = 0 }: { collectors: readonly string[]; others?: number }, { names }: Told): string {
  const known = collectors.flatMap((id) => names[id] ?? []);
  if (known.length === 0) return "";
  const left = collectors.length - known.length + others;
  return `: ${listed(left === 0 ? known : [...known, count(left, "other", "others")])}`;
}

function count(number: number, one: string, several: string): string {
  return `${formatCount(number)} ${number === 1 ? one : several}`;
}
