import { chartPoints } from "#domain/fleet/rollout/chartPoints.ts";
import { rolloutStepSchema } from "#domain/fleet/rollout/rolloutState.ts";
import { GATE_UNITS, type RolloutChart } from "#domain/fleet/rollout/rolloutView.ts";
import { isWithoutControl } from "#domain/fleet/rollout/rolloutWindow.ts";
import type { Transaction } from "../../db/database.ts";
import type { RolloutRow } from "../../db/rolloutRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ChartInput, chartSchema } from "./rolloutInput.ts";
import { rolloutOrThrow } from "./rolloutOrThrow.ts";
import { readStageWindows } from "./rolloutWindows.ts";

/** Points of the whole rollout: what the first stage is compared with, then each stage as it divided the collectors. */
export async function rolloutChart({ ctx, input: untrusted }: Call<ChartInput>): Promise<RolloutChart> {
  authorise(ctx, "look");
  const { number, gate, sinceMs = 0 } = parseInput(chartSchema, untrusted);
  const row = await rolloutOrThrow(ctx.db, number);
  const { plan, times } = row.state;
  const points: RolloutChart["points"] = [];
  for (const stage of times.keys()) {
    const { before, since } = await readStageWindows(ctx.db, row, stage);
    points.push(...chartPoints(gate, stage === 0 ? [...before, ...since] : since, before, stage === plan.stages.length - 1 || isWithoutControl(since)));
  }
  const marks: RolloutChart["marks"] = times.map(({ openedAtMs }, stage) => ({ atMs: openedAtMs, kind: "stage", stage }));
  const back = await wentBackAt(ctx.db, row);
  if (back !== null) marks.push({ atMs: back, kind: "rollingBack", stage: row.state.stage });
  const unit = gate === "memory" ? "bytes" : GATE_UNITS[gate];
  return { gate, unit, windowSeconds: plan.gates.windowSeconds, points: points.filter(({ atMs }) => atMs > sinceMs), marks };
}

async function wentBackAt(tx: Transaction, { number }: RolloutRow): Promise<number | null> {
  const events = await tx.rolloutEvent.findMany({ where: { rollout: number }, orderBy: { sequence: "desc" }, take: 10 });
  const found = events.find(({ step }) => rolloutStepSchema.safeParse(step).data?.kind === "rollingBack");
  return found?.at.getTime() ?? null;
}
