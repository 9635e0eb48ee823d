import { commandRollout } from "#domain/fleet/rollout/commandRollout.ts";
import { whyOff } from "#domain/fleet/rollout/gates/evaluateGates.ts";
import { baselineOf } from "#domain/fleet/rollout/gates/p99Gate.ts";
import { GATES, isLive, membersByStage, type RolloutCommand, type RolloutReason, takesBaseline } from "#domain/fleet/rollout/rollout.ts";
import { rolloutStepSchema } from "#domain/fleet/rollout/rolloutState.ts";
import { GATE_UNITS, type GateView, type RolloutFailure, type RolloutLogEntry, type RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { namedInReason, namedInStep, shortStep } from "#domain/fleet/rollout/shortened.ts";
import { holdReason } from "../../db/changesHold.ts";
import type { Transaction } from "../../db/database.ts";
import type { RolloutRow } from "../../db/rolloutRows.ts";
import { authorise, may } from "../authorise.ts";
import type { Call, ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { readLost } from "./readLost.ts";
import { type ByNumberInput, byNumberSchema } from "./rolloutInput.ts";
import { rolloutOrThrow } from "./rolloutOrThrow.ts";
import { readStageWindows } from "./rolloutWindows.ts";
import { showRollout } from "./showRollout.ts";
import { OPERATION_OF } from "./steerRollout.ts";

const LOG_MAX = 500;
const FAILURES_MAX = 50;
const EVIDENCE_MAX = 60;

/** Everything that a page shows of one, but its collectors one by one and its series. */
export async function getRollout({ ctx, input: untrusted }: Call<ByNumberInput>): Promise<RolloutView> {
  authorise(ctx, "look");
  const { number } = parseInput(byNumberSchema, untrusted);
  const row = await rolloutOrThrow(ctx.db, number);
  const nowMs = ctx.ports.nowMs();
  const group = await ctx.db.collectorGroup.findUniqueOrThrow({ where: { id: row.groupId }, select: { name: true } });
  const log = await readLog(ctx.db, number);
  const head = showRollout({ ...row, joined: membersByStage(row.state) }, group.name);
  const failures = await readFailures(ctx.db, row);
  const held = row.isLive && row.overrideReason === null ? await holdReason(ctx.db, nowMs) : null;
  return {
    ...head,
    plan: row.state.plan,
    sentences: row.sentences,
    gates: gatesOf(row),
    log,
    names: await namesIn(ctx.db, head.reason, log),
    lost: await readLost(ctx.db, row, nowMs),
    forecast: row.forecast,
    outcome: row.outcome,
    evidence: await evidenceOf(ctx.db, row),
    failures,
    failuresLeftOut: Math.max(0, failingOf(row).length - failures.length),
    may: mayNow(ctx, row, held, nowMs),
    heldBy: held,
    baseline: await readBaseline(ctx.db, row),
    nowMs,
  };
}

/** All of them, those that are off with the reason. */
function gatesOf(row: RolloutRow): GateView[] {
  const { gates: settings } = row.state.plan;
  return GATES.map((gate) => {
    const off = whyOff(gate, { settings, forecast: row.forecast });
    const unit = GATE_UNITS[gate];
    const nothing = { gate, changed: null, control: null, limit: null, against: null, unit, sinceMs: null };
    if (off !== null) return { ...nothing, state: "off", note: off };
    const result = row.results.find((one) => one.gate === gate);
    return result ? { ...result, unit } : { ...nothing, state: "noData", note: "no stage has opened yet" };
  });
}

async function readLog(tx: Transaction, number: number): Promise<RolloutLogEntry[]> {
  const rows = await tx.rolloutEvent.findMany({ where: { rollout: number }, orderBy: { sequence: "desc" }, take: LOG_MAX });
  return rows.reverse().flatMap(({ sequence, at, byName, step }) => {
    const parsed = rolloutStepSchema.safeParse(step);
    return parsed.success ? [{ sequence, atMs: at.getTime(), by: byName, step: shortStep(parsed.data) }] : [];
  });
}

/** Only before the first stage opens. */
async function readBaseline(tx: Transaction, row: RolloutRow): Promise<RolloutView["baseline"]> {
  const { plan } = row.state;
  if (!takesBaseline(row.state)) return null;
  const { before } = await readStageWindows(tx, row, 0);
  return baselineOf({ settings: plan.gates, before, isLast: plan.stages.length === 1 });
}

async function evidenceOf(tx: Transaction, { number, state }: RolloutRow): Promise<RolloutView["evidence"]> {
  if (state.reason?.kind !== "gateFailed") return null;
  const events = await tx.rolloutEvent.findMany({ where: { rollout: number }, orderBy: { sequence: "desc" }, take: 10 });
  for (const { at, step } of events) {
    const parsed = rolloutStepSchema.safeParse(step);
    if (!parsed.success || parsed.data.kind !== "rollingBack") continue;
    const { collectors } = parsed.data;
    const named = await namesOf(tx, collectors.slice(0, EVIDENCE_MAX));
    return { gate: state.reason.gate, atMs: at.getTime(), collectors: named, others: collectors.length - named.length };
  }
  return null;
}

/** Of the collectors that what is shown names. */
async function namesIn(tx: Transaction, reason: RolloutReason | null, log: readonly RolloutLogEntry[]): Promise<Record<string, string>> {
  const ids = [...(reason === null ? [] : namedInReason(reason)), ...log.flatMap(({ step }) => namedInStep(step))];
  return Object.fromEntries((await namesOf(tx, [...new Set(ids)])).map(({ id, name }) => [id, name]));
}

/** Those that the reason is about. */
function failingOf({ state: { reason } }: RolloutRow): readonly string[] {
  return reason && "collectors" in reason ? reason.collectors : [];
}

async function namesOf(tx: Transaction, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  const rows = await tx.collector.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true }, orderBy: { name: "asc" } });
  const known = new Set(rows.map(({ id }) => id));
  return [...rows, ...ids.filter((id) => !known.has(id)).map((id) => ({ id, name: "a collector that was forgotten" }))];
}

/** Of the collectors for which it went back, with their last word on the new configuration. */
async function readFailures(tx: Transaction, row: RolloutRow): Promise<RolloutFailure[]> {
  const { toRevision } = row;
  const named = await namesOf(tx, failingOf(row).slice(0, FAILURES_MAX));
  if (named.length === 0) return [];
  const reports = await tx.configReport.findMany({
    where: { revision: toRevision, collectorId: { in: named.map(({ id }) => id) } },
    distinct: ["collectorId"],
    orderBy: [{ collectorId: "asc" }, { id: "desc" }],
  });
  const reportOf = new Map(reports.map((report) => [report.collectorId, report]));
  return named.map(({ id, name }) => {
    const report = reportOf.get(id);
    const logLines = Array.isArray(report?.logLines) ? report.logLines.map(String) : [];
    return { id, name, path: report?.failingPath ?? null, reason: report?.reason ?? null, logLines, atMs: report?.createdAt.getTime() ?? null };
  });
}

const COMMANDS = ["approve", "pause", "resume", "promote", "abort"] as const satisfies RolloutCommand["kind"][];

function mayNow(ctx: ServiceContext, row: RolloutRow, held: string | null, nowMs: number): RolloutView["may"] {
  const gates = row.results.map(({ sinceMs: _, ...result }) => result);
  const why = (kind: RolloutCommand["kind"]): string | null => {
    const operation = OPERATION_OF[kind];
    if (!may(ctx, operation, { groupId: row.groupId })) return `this needs the role ${operation === "apply" ? "editor" : "approver"}`;
    if (held !== null && operation === "steerRollouts" && isLive(row.state)) return held;
    const move = commandRollout(row.state, { kind, name: "", message: null }, { nowMs, collectors: [], gates });
    return "refused" in move ? move.refused : null;
  };
  return Object.fromEntries(COMMANDS.map((kind) => [kind, why(kind)])) as RolloutView["may"];
}
