import { explainSentence } from "#domain/sampling/explainSentence.ts";
import { type ExplainedStages, type Explanation, explanationSchema } from "#domain/sampling/explanation.ts";
import { askCollector } from "./askCollector.ts";

const TIMEOUT_MS = 5000;
const BAR_WIDTH = 40;
const STAGE_WORDS: Record<keyof ExplainedStages, string> = {
  network: "network",
  processing: "processing",
  decisionWait: "decision wait",
  serialization: "serialization",
  queueWait: "queue wait",
  export: "export",
};

/**
 * Asks the collector whose metrics are at `address` about a trace and prints its answer. 0: it knows the trace, 1: it does not. Throws AppError when nobody
 * answers there.
 */
export async function explainCommand({ traceId, json }: { traceId: string; json: boolean }, address: string, print: (text: string) => void): Promise<number> {
  const explanation = explanationSchema.parse(await (await askCollector(`${address}/explain/${traceId}`, TIMEOUT_MS)).json());
  print(json ? `${JSON.stringify(explanation)}\n` : `${inWords(explanation)}\n`);
  return explanation.kind === "decided" || explanation.kind === "remembered" || explanation.kind === "waiting" ? 0 : 1;
}

function inWords(explanation: Explanation): string {
  const { headline, details } = explainSentence(explanation, (atMs) => new Date(atMs).toISOString().slice(11, 23));
  const lines = [headline, ...details.map((detail) => `  ${detail}`)];
  if (explanation.kind === "decided") lines.push("", ...stageBars(explanation.stages));
  return lines.join("\n");
}

function stageBars(stages: ExplainedStages): string[] {
  const known = Object.values(stages).filter((ms) => ms !== null);
  const largest = Math.max(0.001, ...known);
  return (Object.keys(STAGE_WORDS) as (keyof ExplainedStages)[]).map((stage) => {
    const ms = stages[stage];
    const figure = ms === null ? "–" : ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`;
    return `  ${STAGE_WORDS[stage].padEnd(14)}${figure.padStart(10)}  ${"█".repeat(ms === null ? 0 : Math.ceil((ms / largest) * BAR_WIDTH))}`.trimEnd();
  });
}
