import { advanceRollout, afterGap } from "#domain/fleet/rollout/advanceRollout.ts";
import { evaluateGates } from "#domain/fleet/rollout/gates/evaluateGates.ts";
import type { GateInput } from "#domain/fleet/rollout/gates/gateInput.ts";
import { baselineOf } from "#domain/fleet/rollout/gates/p99Gate.ts";
import { type Baseline, type GateResult, isGoingBack, openStageOf, takesBaseline } from "#domain/fleet/rollout/rollout.ts";
import { rolloutOutcome } from "#domain/fleet/rollout/rolloutOutcome.ts";
import { isWithoutControl } from "#domain/fleet/rollout/rolloutWindow.ts";
import { holdReason } from "../../db/changesHold.ts";
import type { Transaction } from "../../db/database.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { findRollout, type KeptResult, type RolloutRow } from "../../db/rolloutRows.ts";
import { toJson } from "../../db/toJson.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { factsOf } from "./rolloutFacts.ts";
import type { WindowCache } from "./rolloutWindows.ts";
import { HEADGATE, saveMove } from "./saveMove.ts";

const LEASE_SECONDS = 5;
/** After so long without a look, what happened meanwhile is not held against anybody. */
const GAP_MS = 5_000;

/**
 * One look at a live rollout by the replica that has its lease: what is known now, and the steps that follow from it, in one transaction with the row locked.
 * Returns false when another replica has it, or it has ended. Whatever fails leaves everything as it was, and the next look begins anew.
 */
export async function moveRollout({ ctx, input }: Call<{ number: number; replica: string; windows: WindowCache }>): Promise<boolean> {
  authorise(ctx, "keepHouse");
  const { number, replica, windows } = input;
  return ctx.db.$transaction(async (tx) => {
    if (!(await takeLease(tx, number, replica))) return false;
    const found = await findRollout(tx, number);
    if (!found) return false;
    const nowMs = ctx.ports.nowMs();
    const { row, gapMs } = withoutGap(found, nowMs);
    const { collectors, bases } = await factsOf(tx, row, await ctx.ports.rolloutScopes.read(tx, number, nowMs), nowMs);
    const input = await gateInput(tx, row, windows, nowMs);
    // Once it goes back, what made it is what stands: the figures of the way back are of neither version.
    const isOver = isGoingBack(row.state);
    const gates = input && !isOver ? evaluateGates(input) : [];
    const held = row.overrideReason === null && (await holdReason(tx, nowMs)) !== null;
    const baseline = held || !takesBaseline(row.state) ? null : await readBaseline(tx, row, windows, nowMs);
    const move = advanceRollout(row.state, { nowMs, collectors, gates, held, baseline });
    const results = isOver ? row.results : withSince(row.results, gates, nowMs);
    const looked = { tickedAt: new Date(nowMs), watchedSince: new Date(row.watchedSinceMs), collectors: collectors.length };
    await tx.rollout.update({ where: { number }, data: { ...looked, results: toJson(results), ...(gapMs > 0 && { state: toJson(row.state) }) } });
    if (move.steps.length > 0) {
      const ended = move.rollout.phase === "completed" && input;
      const outcome = ended ? rolloutOutcome({ ...input, price: (await readLivePrice(tx)).price, collectors: collectors.length }) : null;
      await saveMove(tx, { ...row, collectors: collectors.length }, { move, by: HEADGATE, nowMs, bases, outcome });
    } else if (results.some(({ state }, index) => state !== row.results[index]?.state)) await notifyChange(tx, "rollout", String(number));
    return true;
  });
}

/** For a few seconds from now on; another replica waits until they are over without a look. */
async function takeLease(tx: Transaction, number: number, replica: string): Promise<boolean> {
  const free = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "Rollout"
    WHERE "number" = ${number} AND "isLive" AND ("leaseHolder" IS NULL OR "leaseHolder" = ${replica} OR "leaseUntil" < clock_timestamp())
    FOR UPDATE SKIP LOCKED`;
  if (free.length === 0) return false;
  await tx.$executeRaw`
    UPDATE "Rollout" SET "leaseHolder" = ${replica}, "leaseUntil" = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}) WHERE "number" = ${number}`;
  return true;
}

function withoutGap(row: RolloutRow, nowMs: number): { row: RolloutRow; gapMs: number } {
  const gapMs = nowMs - row.tickedAtMs;
  if (gapMs < GAP_MS) return { row, gapMs: 0 };
  return { row: { ...row, state: afterGap(row.state, gapMs), watchedSinceMs: nowMs }, gapMs };
}

/** Null before the first stage has opened. */
async function gateInput(tx: Transaction, row: RolloutRow, windows: WindowCache, nowMs: number): Promise<GateInput | null> {
  const stage = openStageOf(row.state);
  if (stage === null) return null;
  const { before, since } = await windows.read(tx, row, stage, nowMs);
  const { plan, times } = row.state;
  return {
    settings: plan.gates,
    before,
    since,
    appliedAtMs: times[stage].appliedAtMs,
    isLast: stage === plan.stages.length - 1 || isWithoutControl(since),
    forecast: row.forecast,
  };
}

async function readBaseline(tx: Transaction, row: RolloutRow, windows: WindowCache, nowMs: number): Promise<Baseline | null> {
  const { gates: settings, stages } = row.state.plan;
  const { before } = await windows.read(tx, row, 0, nowMs);
  return baselineOf({ settings, before, isLast: stages.length === 1 });
}

function withSince(before: readonly KeptResult[], now: readonly GateResult[], nowMs: number): KeptResult[] {
  return now.map((result) => {
    const was = before.find(({ gate }) => gate === result.gate);
    return { ...result, sinceMs: was?.state === result.state ? was.sinceMs : nowMs };
  });
}
