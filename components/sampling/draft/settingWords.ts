import { fieldMib } from "./traceDraft.ts";
import { fieldNumber } from "./typedNumber.ts";

/** What the settings of trace scope are called in the form, by the schema's path. */
export const SETTING_NAMES: Record<string, string> = {
  decisionWaitMs: "decision wait",
  decisionWaitAfterRootMs: "wait after the root",
  tracesMax: "traces that may wait",
  spansMax: "spans that may wait",
  bytesMax: "memory of waiting spans",
  "decisionCache.entriesMax": "decisions remembered",
  "decisionCache.ttlMs": "how long a decision is remembered",
};

/** Fields whose text is a number of the form's own unit; what was typed stands in the field, so a message need not repeat it. */
export function isNumberField(path: string): boolean {
  return path in SETTING_NAMES || path.endsWith(".keep.spansPerSecond") || path.endsWith(".atLeast");
}

/** `must be between 10 and 3600000 milliseconds, got 5` as `must be between 0.01 and 3,600 s`. */
export function inFieldUnits(path: string, message: string): string {
  const said = message.replace(/, got .*$/s, "");
  if (said.startsWith("must be a whole number of milliseconds")) return "must be a number of seconds, with three decimals at most";
  if (said.startsWith("must be a whole number of bytes")) return "must be a number of MiB";
  const [inUnit, unit] = path.endsWith("Ms")
    ? [(ms: number) => fieldNumber(ms / 1000), "s"]
    : path === "bytesMax"
      ? [fieldMib, "MiB"]
      : [fieldNumber, path.endsWith(".spansPerSecond") ? "spans/s" : ""];
  const between = /^must be between ([\d.]+) and ([\d.]+)( .*)?$/.exec(said);
  if (between) return `must be between ${inUnit(Number(between[1]))} and ${inUnit(Number(between[2]))}${unit === "" ? (between[3] ?? "") : `\u00a0${unit}`}`;
  const wait = /^must be at most decisionWaitMs \((\d+)\)$/.exec(said);
  if (wait) return `must be at most the decision wait, ${inUnit(Number(wait[1]))}\u00a0${unit}`;
  const atLeast = /^must be at least ([\d.]+), twice pipeline\.receive\.requestBytesMax$/.exec(said);
  if (atLeast) return `must be at least ${inUnit(Number(atLeast[1]))}\u00a0${unit}, twice the largest request that is received`;
  return said;
}

/** The schema's words for scope and nesting as the form's. */
export function inScopeWords(message: string): string {
  return message
    .replace("set scope: trace, or", "decide whole traces, or")
    .replace("can't stand inside sameSpan; put it beside it in an all", "can't stand inside “one span with”; put it beside it in an “all of”")
    .replace("stands inside sameSpan already", "stands inside “one span with” already");
}
