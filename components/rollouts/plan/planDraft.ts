import { percentDigits } from "#components/sampling/draft/percent.ts";
import { fieldNumber, typedNumber } from "#components/sampling/draft/typedNumber.ts";
import type { RolloutPlan, StageSize } from "#domain/fleet/rollout/rolloutPlan.ts";
import { rolloutPlanSchema } from "#domain/fleet/rollout/rolloutPlan.ts";
import { type Problem, parseOrProblems } from "#domain/validation/problems.ts";

export const BAKE_UNITS = { s: 1, min: 60, h: 3_600 } as const;
export type BakeUnit = keyof typeof BAKE_UNITS;

/** A stage as it is typed; the last one always has all collectors, and its amount does not count. */
export type StageDraft = { id: number; kind: StageSize["kind"]; amount: string; bake: string; bakeUnit: BakeUnit; needsApproval: boolean };

type Gates = RolloutPlan["gates"];
/** The gates whose limit is a number, each with the power of ten between the field and the plan: 25 % are 0.25, 2 MB are 2,000,000. */
const NUMBERS = {
  applyWithinSeconds: 0,
  awayForSeconds: 0,
  restartsMax: 0,
  reconnectsMax: 0,
  windowSeconds: 0,
  p99RatioMax: -2,
  queueShareMax: -2,
  memoryBytesPerMinuteMax: 6,
  droppedMax: 0,
  refusedShareMax: -2,
} as const satisfies Partial<Record<keyof Gates, number>>;
export type NumberGate = keyof typeof NUMBERS;
/** `on` is false where the gate is not looked at; its number then stays in the field. */
export type GateDraft = { on: boolean; text: string };

export type PlanDraft = { stages: StageDraft[]; gates: Record<NumberGate, GateDraft>; keptShareWithinForecast: boolean; nextId: number };

/** P99 is typed as how much longer it may get, and planned as how many times as long. */
const SURPLUS: readonly NumberGate[] = ["p99RatioMax"];

export function draftOfPlan(plan: RolloutPlan): PlanDraft {
  const gates = Object.fromEntries(numberGates().map((gate) => [gate, gateDraft(gate, plan.gates[gate])])) as Record<NumberGate, GateDraft>;
  const stages = plan.stages.map(({ size, bakeSeconds, needsApproval }, id): StageDraft => {
    const amount = size.kind === "count" ? fieldNumber(size.count) : percentDigits(size.share);
    return { id, kind: size.kind, amount, ...bakeDraft(bakeSeconds), needsApproval };
  });
  return { stages, gates, keptShareWithinForecast: plan.gates.keptShareWithinForecast, nextId: stages.length };
}

function gateDraft(gate: NumberGate, value: number | null): GateDraft {
  const shown = value ?? DEFAULT_GATES[gate] ?? 0;
  return { on: value !== null, text: fieldNumber(Number(((shown - (SURPLUS.includes(gate) ? 1 : 0)) / 10 ** NUMBERS[gate]).toFixed(9))) };
}

const DEFAULT_GATES: Gates = rolloutPlanSchema.parse({ stages: [{ size: { kind: "share", share: 1 } }] }).gates;

function numberGates(): NumberGate[] {
  return Object.keys(NUMBERS) as NumberGate[];
}

function bakeDraft(seconds: number): Pick<StageDraft, "bake" | "bakeUnit"> {
  const bakeUnit: BakeUnit = seconds > 0 && seconds % 3_600 === 0 ? "h" : seconds > 0 && seconds % 60 === 0 ? "min" : "s";
  return { bake: fieldNumber(seconds / BAKE_UNITS[bakeUnit]), bakeUnit };
}

/** Problems by the path of their field, such as `stages[1].size` or `gates.droppedMax`; empty when the draft is a plan. */
export type PlanProblems = ReadonlyMap<string, string>;

export function readPlan(draft: PlanDraft): { plan: RolloutPlan | null; problems: PlanProblems } {
  const last = draft.stages.length - 1;
  const gates = Object.fromEntries(numberGates().map((gate) => [gate, gateValue(gate, draft.gates[gate])]));
  const body = {
    stages: draft.stages.map((stage, at) => ({ size: sizeOf(stage, at === last), bakeSeconds: bakeOf(stage), needsApproval: stage.needsApproval })),
    gates: { ...gates, keptShareWithinForecast: draft.keptShareWithinForecast },
  };
  const parsed = parseOrProblems(rolloutPlanSchema, body);
  return parsed.ok ? { plan: parsed.value, problems: new Map() } : { plan: null, problems: problemsByField(parsed.problems) };
}

function sizeOf({ kind, amount }: StageDraft, isLast: boolean) {
  if (isLast) return { kind: "share", share: 1 };
  return kind === "count" ? { kind, count: numberIn(amount) } : { kind, share: numberIn(amount, -2) };
}

function bakeOf({ bake, bakeUnit }: StageDraft): number {
  return Number((numberIn(bake) * BAKE_UNITS[bakeUnit]).toFixed(6));
}

function gateValue(gate: NumberGate, { on, text }: GateDraft): number | null {
  return on ? Number((numberIn(text, NUMBERS[gate]) + (SURPLUS.includes(gate) ? 1 : 0)).toFixed(9)) : null;
}

/** What can't be read is no number, and never a default that nobody typed. */
function numberIn(text: string, places = 0): number {
  return typedNumber(text.replace("%", ""), places) ?? Number.NaN;
}

function problemsByField(problems: readonly Problem[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const problem of problems) {
    const field = problem.path.replace(/(\.size)\.(count|share)$/, "$1");
    if (!found.has(field)) found.set(field, inFieldWords(field, problem));
  }
  return found;
}

/** The fields speak of per cent, minutes and megabytes where the plan has shares, seconds and bytes. */
function inFieldWords(field: string, { path, message }: Problem): string {
  if (message.includes("got NaN")) return "must be a number";
  if (field === "gates.p99RatioMax") return "must be 0 or more";
  if (/share/i.test(path))
    return message
      .replace("between 0 and 1", "between 0 and 100 %")
      .replace("at most 1,", "at most 100 %,")
      .replace(/, got .*$/, "");
  return message.replace(/, got .*$/, "");
}

/** One more stage before the last: twice what the one before it has, where that is a share. */
export function addStage(draft: PlanDraft): PlanDraft {
  const before = draft.stages.at(-2);
  const share = before?.kind === "share" ? typedNumber(before.amount) : undefined;
  const amount = fieldNumber(share === undefined ? 25 : Math.min(99, share + Math.max(1, Math.round((100 - share) / 2))));
  const model = draft.stages[draft.stages.length - 1];
  const stage: StageDraft = { ...model, id: draft.nextId, kind: "share", amount, needsApproval: false };
  return { ...draft, stages: [...draft.stages.slice(0, -1), stage, model], nextId: draft.nextId + 1 };
}

export function removeStage(draft: PlanDraft, id: number): PlanDraft {
  return { ...draft, stages: draft.stages.filter((stage) => stage.id !== id) };
}

export function changeStage(draft: PlanDraft, id: number, change: Partial<StageDraft>): PlanDraft {
  return { ...draft, stages: draft.stages.map((stage) => (stage.id === id ? { ...stage, ...change } : stage)) };
}

export function changeGate(draft: PlanDraft, gate: NumberGate, change: Partial<GateDraft>): PlanDraft {
  return { ...draft, gates: { ...draft.gates, [gate]: { ...draft.gates[gate], ...change } } };
}
