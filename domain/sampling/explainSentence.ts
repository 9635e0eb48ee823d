import type { Condition } from "./condition.ts";
import { describeCondition } from "./describeCondition.ts";
import type { DecidedExplanation, DecisionCause, Explanation, Witness } from "./explanation.ts";
import { formatDuration } from "./formatDuration.ts";

/** A collector's answer in plain words: one line that says what is so, then what it rests on and what can be done. All are whole sentences. */
export type ExplainedInWords = { headline: string; details: string[] };
type Clock = (atMs: number) => string;
type Decision = DecidedExplanation["decisions"][number];

/** `clock` writes a time of day. */
export function explainSentence(explanation: Explanation, clock: Clock): ExplainedInWords {
  switch (explanation.kind) {
    case "decided":
      return explainDecided(explanation, clock);
    case "remembered":
      return {
        headline: `${explanation.kept ? "Kept" : "Sampled out"} by tier “${explanation.tier}”, decided at ${clock(explanation.decidedAtMs)}.`,
        details: [
          "How it came about is not known any more; spans that still come follow the decision.",
          explanation.kept
            ? "Look for it in the backend; what may have been dropped on the way is counted on the collector's page."
            : "Its spans are gone. To keep more like it, raise what the tier keeps, or put a tier for it before this one.",
        ],
      };
    case "waiting":
      return {
        headline: `Waiting for its decision, which comes at ${clock(explanation.decidesAtMs)} at the latest.`,
        details: [
          `${counted(explanation.spans, "span")} came so far, the first at ${clock(explanation.firstSeenAtMs)}; ${explanation.rootSeen ? "the root is among them" : "the root is not among them"}.`,
          `If no more came, tier “${explanation.tierNow}” would decide. ${configuration(explanation.revision)}`,
          "Ask again after that time.",
        ],
      };
    case "forgotten":
      return {
        headline: "Spans of it came, but its decision is forgotten.",
        details: [
          `The last ${explanation.keptForTraces.toLocaleString("en-US")} decisions can be explained, and it is none of them.`,
          `Of traces that never came, one in ${explanation.falseAlarmOneIn.toLocaleString("en-US")} is taken for one that did.`,
          "Look for it in the backend: it is there if it was kept. To be told why, ask sooner.",
        ],
      };
    case "neverSeen":
      return {
        headline: `Never came here: no span of it since the collector started at ${clock(explanation.sinceMs)}.`,
        details: [
          "That is certain.",
          "Check the id, then the sender: its SDK may have sampled the trace out, its exporter may report errors, or it may send to another collector.",
        ],
      };
    case "unknown":
      return {
        headline: `Not known: no span of it came since ${clock(explanation.rememberedSinceMs)}, and what came before is not remembered.`,
        details: [
          "If the trace is younger, it never came here: check the id and where its service sends to. If it is older, look for it in the backend, where it is if it was kept.",
        ],
      };
  }
}

function explainDecided(explanation: DecidedExplanation, clock: Clock): ExplainedInWords {
  const { decisions, scope } = explanation;
  const what = scope === "trace" ? "trace" : "span";
  const kept = decisions.filter((decision) => decision.kept);
  const outcome = explanation.delivery === "dropped" ? "Kept, but then dropped" : kept.length > 0 ? "Kept" : "Sampled out";
  const headline =
    decisions.length === 1
      ? `${outcome}: ${tierSentence(decisions[0], what)}`
      : `${kept.length === 0 || kept.length === decisions.length ? outcome : `${outcome} in part`}: ${spansOf(kept)} of its ${counted(spansOf(decisions), "span")}, each decided by itself.`;
  const revisions = new Set(decisions.map(({ revision }) => revision));
  const details = [
    ...(decisions.length === 1 ? [] : decisions.map((decision) => oneOfSeveral(decision, revisions.size > 1))),
    ...whatMatched(explanation),
    ...(scope === "trace" ? waitSentences(explanation) : []),
    ...delivered(explanation),
    `Decided at ${clock(Math.min(...decisions.map(({ decidedAtMs }) => decidedAtMs)))}. ${[...revisions].map(configuration).join(" ")}`,
  ];
  return { headline, details: [...new Set(details)] };
}

/** `tier “important APIs” keeps 50% of its traces, and the draw fell on this one.` */
function tierSentence(decision: Decision, what: "trace" | "span"): string {
  const { breakGlass } = decision;
  if (breakGlass !== undefined)
    return `by break glass, whatever the policy says; its tier “${breakGlass.tier}” would have ${breakGlass.policyKeeps ? "kept it too" : "sampled it out"}.`;
  const tier = `tier “${decision.tier}”`;
  if (decision.threshold === "never") return `${tier} keeps nothing.`;
  if (decision.ratio === 1) return decision.keep === "budget" ? `${tier} was within its budget and kept everything.` : `${tier} keeps everything.`;
  const share = `${Number((decision.ratio * 100).toPrecision(3))}%`;
  const keeps = decision.keep === "budget" ? `kept ${share} of its ${what}s at that time, to stay within its budget` : `keeps ${share} of its ${what}s`;
  const source = decision.explicitRandomness ? ", which its sender gave it (rv)," : "";
  const fell = decision.kept ? "fell on this one" : "did not fall on this one";
  return `${tier} ${keeps}, and the draw${source} ${fell}.`;
}

function oneOfSeveral(decision: Decision, severalRevisions: boolean): string {
  const under = severalRevisions ? ` under ${decision.revision === 0 ? "its own file" : `revision ${decision.revision}`}` : "";
  return `${counted(decision.spans, "span")} ${decision.kept ? "kept" : "sampled out"}${under}: ${tierSentence(decision, "span")}`;
}

function spansOf(decisions: readonly Decision[]): number {
  return decisions.reduce((sum, decision) => sum + decision.spans, 0);
}

function whatMatched({ decisions, witnesses, durationMs, scope }: DecidedExplanation): string[] {
  const condition = decisions.length === 1 ? decisions[0].tierCondition : null;
  const sentences = witnesses.map(witnessSentence);
  if (scope === "trace" && durationMs !== null && condition !== null && asksForLatency(condition))
    sentences.push(`It took ${formatDuration(durationMs)} from its first start to its last end.`);
  if (condition?.kind === "always") sentences.push("No tier before it matched.");
  else if (sentences.length === 0 && condition !== null) sentences.push(`The tier matches ${describeCondition(condition)}.`);
  return sentences;
}

function asksForLatency(condition: Condition): boolean {
  switch (condition.kind) {
    case "latency":
      return true;
    case "all":
    case "any":
      return condition.of.some(asksForLatency);
    case "not":
      return asksForLatency(condition.of);
    default:
      return false;
  }
}

/** `Span POST /api/payment of checkout (5b8aa5a2d2c872e8) has status error.` */
function witnessSentence({ condition, spanId, spanName, service }: Witness): string {
  const name = spanName === "" ? "without a name" : spanName;
  return `Span ${name}${service === "" ? "" : ` of ${service}`} (${spanId}) ${fulfils(condition)}.`;
}

function fulfils(condition: Condition): string {
  switch (condition.kind) {
    case "status":
      return `has status ${condition.is}`;
    case "latency":
      return `took longer than ${condition.aboveMs} ms`;
    case "spanKind":
      return `is of kind ${condition.is}`;
    default:
      return `fulfils “${describeCondition(condition)}”`;
  }
}

function waitSentences({ cause, decisions, firstSeenAtMs, stages, rootSeen, lateSpans }: DecidedExplanation): string[] {
  const waitedMs = stages.decisionWait ?? decisions[0].decidedAtMs - firstSeenAtMs;
  const sentences = [waitSentence(cause, formatDuration(waitedMs))];
  if (rootSeen === false) sentences.push("Its root had not come by then.");
  if (lateSpans > 0) sentences.push(`${counted(lateSpans, "span")} came after the decision and followed it.`);
  return sentences;
}

function waitSentence(cause: DecisionCause, waited: string): string {
  switch (cause) {
    case "wait":
      return `It waited ${waited} for its spans, the whole decision wait.`;
    case "rootWait":
      return `It waited ${waited} for its spans, until some time after its root had come.`;
    case "tracesMax":
      return `It was decided early, after ${waited}: as many traces waited as may. Raise tracesMax, or let them wait shorter.`;
    case "spansMax":
      return `It was decided early, after ${waited}: as many spans waited as may. Raise spansMax, or let them wait shorter.`;
    case "bytesMax":
      return `It was decided early, after ${waited}: the waiting spans held as many bytes as they may. Raise bytesMax, or let them wait shorter.`;
    case "policyChange":
      return `It was decided early, after ${waited}, because the policy changed.`;
    case "shutdown":
      return `It was decided early, after ${waited}, because the collector stopped.`;
    case "atOnce":
      return "It was decided at once, without waiting for more spans.";
  }
}

function delivered({ delivery, deliveryMessage, stages, decisions }: DecidedExplanation): string[] {
  const after = deliveryMessage === "" ? "." : `: ${deliveryMessage.replace(/\.$/, "")}.`;
  switch (delivery) {
    case "notKept":
      return decisions.every(({ threshold }) => threshold === "never")
        ? ["To keep such ones, let the tier keep a share, or put a tier for them before it."]
        : ["To keep more like it, raise what the tier keeps, or put a tier for it before this one."];
    case "waiting":
      return [`Not on its way to the backend yet${after}`];
    case "notFollowed":
      return [`What became of it is not known${after}`];
    case "queued":
      return [`Not confirmed by the backend yet${after}`];
    case "delivered": {
      const parts = [stages.serialization, stages.queueWait, stages.export].filter((part) => part !== null);
      return [parts.length === 0 ? "Delivered." : `Delivered ${formatDuration(parts.reduce((sum, part) => sum + part, 0))} later.`];
    }
    case "dropped":
      return [
        `Dropped before it was delivered${after}`,
        "Its spans are lost. Check the destination, then how long the collector retries and how much its queue holds.",
      ];
  }
}

function configuration(revision: number): string {
  return revision === 0 ? "Configuration of its own file." : `Revision ${revision}.`;
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}
