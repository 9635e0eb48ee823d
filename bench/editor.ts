// What an editor of policies works out between a keystroke and the next picture, without drawing it; and the comparison of two very long policies.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { draftFromPolicy, policyInput } from "#components/sampling/draft/draftPolicy.ts";
import { lineDiff } from "#components/versions/lineDiff.ts";
import { writeYaml } from "#components/versions/writeYaml.ts";
import { type Condition, countAtoms } from "#domain/sampling/condition.ts";
import { describePolicyChange } from "#domain/sampling/describePolicyChange.ts";
import { estimateChange } from "#domain/sampling/estimateChange.ts";
import { OVERLAP_PAIRS_MAX, overlapHash } from "#domain/sampling/overlaps.ts";
import { policyHints, trafficHints } from "#domain/sampling/policyHints.ts";
import { type SamplingPolicy, samplingPolicySchema, type Tier } from "#domain/sampling/samplingPolicy.ts";
import { sharedSpans } from "#domain/sampling/sharedSpans.ts";
import { tierKeys } from "#domain/sampling/tierSilence.ts";

const GOAL_MS = 100;
const EDITED_TIERS = 50;
const LONG_TIERS = 1000;
const ROUNDS = 30;

type EditorRow = { name: string; bestMs: number; medianMs: number };
type EditorReport = { bench: "editor"; goalMs: number; rows: EditorRow[]; goalMet: boolean };

/** Four comparisons a tier, some of them nested, some with regular expressions. */
function tierOf(number: number): Tier {
  const condition: Condition = {
    kind: "any",
    of: [
      {
        kind: "all",
        of: [
          { kind: "service", match: "exact", values: [`service-${number % 17}`] },
          { kind: "latency", aboveMs: 100 + number },
        ],
      },
      { kind: "endpoint", match: number % 3 === 0 ? "regex" : "contains", values: [`/api/v${number}/`, `checkout-${number}`] },
      { kind: "not", of: { kind: "attribute", in: "span", key: "http.response.status_code", op: "below", value: 400 + (number % 100) } },
    ],
  };
  return { name: `tier ${number}`, condition, keep: { kind: "ratio", ratio: ((number % 99) + 1) / 100 } };
}

function policyOf(tiers: Tier[]): SamplingPolicy {
  return { scope: "span", tiers: [...tiers, { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } }] };
}

/** Another draft each time, as a keystroke makes one: what is kept from the one before helps as far as it does there. */
function measure(name: string, work: (round: number) => void): EditorRow {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + 3; round++) {
    const before = process.cpuUsage();
    work(round);
    const { user, system } = process.cpuUsage(before);
    if (round >= 3) times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return { name, bestMs: times[0], medianMs: times[times.length >> 1] };
}

function run(): EditorReport {
  const running = policyOf(Array.from({ length: EDITED_TIERS - 1 }, (_, at) => tierOf(at)));
  const live = running.tiers.map(({ name }) => ({ name, matchedPerS: 10, keptPerS: 1, bytesMatchedPerS: 4_000, bytesKeptPerS: 400, ratio: null }));
  const pairs = Array.from({ length: OVERLAP_PAIRS_MAX }, (_, at) => ({ first: at % 24, second: 24 + (at % 23), lookedAt: 30, spans: 300 }));
  const figures = { hash: overlapHash(running), windowMs: 60_000, spans: 40_000, lookedAt: 4_000, pairs, pairsLeftOut: 0 };
  const lintAndPreview = (round: number) => {
    const draft = draftFromPolicy(running);
    draft.tiers[20].condition = { id: 9_999, kind: "latency", aboveMs: String(1_000 + round) };
    const policy = samplingPolicySchema.parse(policyInput(draft));
    const estimate = estimateChange({ running, live, candidate: policy, collectors: 3 });
    const matchedPerS = estimate.tiers.map((tier) => tier.matchedPerS);
    tierKeys(policy);
    const silence = policy.tiers.map(() => ({ silentMs: 1e9, measuredSinceMs: 0 }));
    const shared = sharedSpans(policy, running, figures);
    return [...policyHints(policy), ...trafficHints(policy, { matchedPerS, silence, shared, offered: { spansPerS: 1_000, spanBytes: 400 } })];
  };
  const long = policyOf(Array.from({ length: LONG_TIERS - 1 }, (_, at) => tierOf(at)));
  // A tenth is changed, some are moved, added and removed.
  const other = policyOf([
    ...long.tiers.slice(500, -1).map((tier, at): Tier => (at % 10 === 0 ? { ...tier, keep: { kind: "ratio", ratio: 0.5 } } : tier)),
    ...Array.from({ length: 20 }, (_, at) => tierOf(5_000 + at)),
    ...long.tiers.slice(0, 480).map((tier, at): Tier => (at % 10 === 5 ? { ...tier, condition: { kind: "latency", aboveMs: at } } : tier)),
  ]);
  const rows = [
    measure(
      `preview and lint of ${EDITED_TIERS} tiers with ${running.tiers.reduce((sum, { condition }) => sum + countAtoms(condition), 0)} comparisons`,
      lintAndPreview,
    ),
    measure(`difference of two policies of ${LONG_TIERS} tiers in sentences`, () => describePolicyChange(long, other)),
    measure("the same as YAML, written and compared", () => lineDiff(writeYaml(long), writeYaml(other))),
  ];
  return { bench: "editor", goalMs: GOAL_MS, rows, goalMet: rows.every(({ medianMs }) => medianMs <= GOAL_MS) };
}

const { values } = parseArgs({ options: { json: { type: "string" } } });
const report = run();
console.log("editor: CPU time in one thread");
console.table(
  Object.fromEntries(report.rows.map(({ name, ...ms }) => [name, { "best ms": Number(ms.bestMs.toFixed(1)), "median ms": Number(ms.medianMs.toFixed(1)) }])),
);
console.log(`goal: each within ${GOAL_MS} ms: ${report.goalMet ? "met" : "NOT met"}`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
