import { formatAge, formatClock, formatMs } from "#components/format/formatDuration.ts";
import { formatCount, formatPercent } from "#components/format/formatNumber.ts";
import type { GateView, NotMeasured, RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { countOf } from "#domain/fleet/rollout/shortened.ts";
import { GATE_NOUNS } from "./gateWords.ts";
import { versionBefore } from "./phaseWords.ts";
import { stageLabel } from "./plan/planWords.ts";
import { listed, reasonWords } from "./reasonWords.ts";

/** A piece of the sentence; strong is what it is about. */
export type VerdictPiece = string | { strong: string };

type Told = Pick<
  RolloutView,
  | "phase"
  | "pausedAtMs"
  | "reason"
  | "sinceMs"
  | "stages"
  | "plan"
  | "changed"
  | "collectors"
  | "gates"
  | "lost"
  | "fromVersion"
  | "toVersion"
  | "heldBy"
  | "baseline"
  | "log"
  | "endedAtMs"
  | "forecast"
  | "outcome"
>;

/** What is so, since when, and what it means, computed from what is known at `nowMs`. */
export function rolloutVerdict(view: Told, nowMs: number): VerdictPiece[] {
  if (view.pausedAtMs !== null) return paused(view, view.pausedAtMs);
  switch (view.phase) {
    case "approval":
      return waiting(view);
    case "applying":
      return [
        { strong: `${stageOf(view)} is being applied` },
        `: since ${formatClock(view.sinceMs, true)} its collectors are given v${view.toVersion}. ${formatCount(view.changed)} of ${formatCount(view.collectors)} collectors are to run it.`,
      ];
    case "baking":
      return baking(view, nowMs);
    case "rollingBack":
      return [{ strong: "Going back" }, ` since ${formatClock(view.sinceMs, true)}: ${why(view)}. Its collectors are given ${versionBefore(view)} again.`];
    case "rolledBack":
      return rolledBack(view);
    case "completed":
      return completed(view);
  }
}

function paused(view: Told, atMs: number): VerdictPiece[] {
  const decide = view.reason?.kind === "gateWithoutData" ? " A gate without data is not a passed gate: a person has to decide, unless it comes to hold." : "";
  return [
    { strong: "Paused" },
    ` since ${formatClock(atMs, true)}: ${why(view)}.${decide} `,
    ...running(view),
    " It still goes back by itself when a gate fails.",
  ];
}

function waiting(view: Told): VerdictPiece[] {
  const stage = view.stages.find(({ state }) => state === "waiting");
  const since = formatClock(view.sinceMs, true);
  if (stage?.needsApproval) return [{ strong: `${stageOf(view)} waits for somebody to open it` }, ` since ${since}. `, ...running(view)];
  if (view.heldBy !== null) return [{ strong: "Held up" }, ` since ${since}: ${view.heldBy}. `, ...running(view)];
  const { baseline } = view;
  if (baseline && baseline.windows > 0 && baseline.windows < baseline.needed) {
    const left = (baseline.needed - baseline.windows) * view.plan.gates.windowSeconds * 1_000;
    return [
      { strong: `${stageOf(view)} opens in about ${formatAge(left)}` },
      `, once it is known how the collectors answer without the change: ${formatCount(baseline.windows)} of the ${formatCount(baseline.needed)} windows of traffic that P99 is compared with are measured. `,
      ...running(view),
    ];
  }
  return [`${stageOf(view)} opens in a moment. `, ...running(view)];
}

function baking(view: Told, nowMs: number): VerdictPiece[] {
  const { bakeSeconds } = view.plan.stages[view.stages.findIndex(({ state }) => state === "baking")] ?? { bakeSeconds: 0 };
  const left = view.sinceMs + bakeSeconds * 1_000 - nowMs;
  const until = left > 0 ? `for ${formatAge(left)} more` : "until its gates have enough to go by";
  return [{ strong: `${stageOf(view)} is watched` }, ` ${until}. `, ...running(view), " ", ...gatesNow(view.gates)];
}

/** Of the gates that are looked at, what does not simply hold. */
function gatesNow(gates: readonly GateView[]): VerdictPiece[] {
  const named = (state: GateView["state"]) => gates.filter((gate) => gate.state === state).map(({ gate }) => GATE_NOUNS[gate]);
  const [failing, near, open] = [named("fail"), named("near"), [...named("noData"), ...named("undecided")]];
  if (failing.length > 0) return [{ strong: `${capitalised(listed(failing))} ${failing.length === 1 ? "fails" : "fail"}.` }];
  if (near.length > 0) return [{ strong: `${capitalised(listed(near))} ${near.length === 1 ? "is" : "are"} near the limit.` }];
  if (open.length > 0) return [`Nothing fails; ${listed(open)} can't be judged yet.`];
  return gates.some(({ state }) => state === "pass") ? ["All gates hold."] : [];
}

function rolledBack(view: Told): VerdictPiece[] {
  const end = view.log.findLast(({ step }) => step.kind === "rolledBack")?.step;
  const stage = view.stages.findIndex(({ state }) => state === "back");
  const where = stage < 0 ? "before its first stage" : `in stage ${stage + 1}`;
  const went = view.log.findLast(({ step }) => step.kind === "rollingBack")?.step;
  const members = went?.kind === "rollingBack" ? countOf(went) : 0;
  const unconfirmed = end?.kind === "rolledBack" ? end.unconfirmed.length + (end.others ?? 0) : 0;
  const back =
    members === 0
      ? "Nothing had been changed."
      : unconfirmed > 0
        ? `${formatCount(members - unconfirmed)} of ${formatCount(members)} run ${versionBefore(view)} again; the others get it when they come back.`
        : `${members === 1 ? "It runs" : `All ${formatCount(members)} run`} ${versionBefore(view)} again${end?.kind === "rolledBack" ? `, after ${formatMs(end.tookMs)}` : ""}.`;
  return [{ strong: `Stopped ${where}` }, `: ${why(view)}. ${back} `, lostWords(view.lost)];
}

function completed(view: Told): VerdictPiece[] {
  const at = view.endedAtMs === null ? "" : ` since ${formatClock(view.endedAtMs, true)}`;
  const { forecast, outcome } = view;
  const came = outcome?.keptShare.came ?? null;
  const kept =
    came === null
      ? ""
      : forecast === null
        ? ` ${formatPercent(came)} is kept.`
        : ` ${formatPercent(came)} is kept, ${came >= forecast.low && came <= forecast.high ? "within" : "outside of"} the forecast of ${formatPercent(forecast.low)}–${formatPercent(forecast.high)}.`;
  const all =
    view.changed === view.collectors
      ? `All ${formatCount(view.collectors)} collectors run`
      : `${formatCount(view.changed)} of ${formatCount(view.collectors)} collectors run`;
  return [{ strong: `${all} v${view.toVersion}` }, `${at}.${kept} `, lostWords(view.lost)];
}

/** Of what changed collectors dropped; calm when it is nothing. */
export function lostWords({ spans, complete, missing }: RolloutView["lost"]): VerdictPiece {
  const gap = missing === null ? "nothing was measured" : gapWords(missing);
  const known = complete ? "" : spans === 0 ? ` that is known of; ${gap}` : ` at least; ${gap}`;
  return { strong: `${formatCount(spans)} ${spans === 1 ? "span" : "spans"} lost${known}.` };
}

/** `3 windows between 17:01:10 and 17:01:40 are not measured whole, of gate-1 and 2 others`. */
function gapWords({ windows, fromMs, toMs, collectors, others }: NotMeasured): string {
  const who = [...collectors.map(({ name }) => name), ...(others > 0 ? [`${formatCount(others)} ${others === 1 ? "other" : "others"}`] : [])];
  const when = `between ${formatClock(fromMs, true)} and ${formatClock(toMs, true)}`;
  const of = collectors.length === 0 ? `, of ${formatCount(others)} ${others === 1 ? "collector" : "collectors"}` : `, of ${listed(who)}`;
  return `${formatCount(windows)} ${windows === 1 ? "window" : "windows"} ${when} ${windows === 1 ? "is" : "are"} not measured whole${of}`;
}

function running({ changed, collectors, toVersion }: Told): VerdictPiece[] {
  return [`${formatCount(changed)} of ${formatCount(collectors)} collectors run v${toVersion}.`];
}

function stageOf({ plan, stages }: Told): string {
  const at = stages.findIndex(({ state }) => state === "applying" || state === "baking" || state === "waiting" || state === "back");
  return at < 0 ? "The stage" : stageLabel(plan, at);
}

const why = ({ reason }: Told) => (reason === null ? "the reason is not known" : reasonWords(reason));

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function plainVerdict(pieces: readonly VerdictPiece[]): string {
  return pieces.map((piece) => (typeof piece === "string" ? piece : piece.strong)).join("");
}
