import { WINDOWS_BEFORE_MIN, WINDOWS_MIN } from "#domain/fleet/rollout/compareToControl.ts";
import { widenForecast } from "#domain/fleet/rollout/forecastErrors.ts";
import { KEPT_WINDOWS_MIN } from "#domain/fleet/rollout/gates/keptShareGate.ts";
import type { RolloutPlan } from "#domain/fleet/rollout/rolloutPlan.ts";
import type { RolloutPreview } from "#domain/fleet/rollout/rolloutView.ts";
import { plannedMembers } from "#domain/fleet/rollout/stageMembers.ts";
import { TREND_SAMPLES_MIN } from "#domain/trends/findTrend.ts";
import { isApprovalNeeded } from "../../db/approvalSetting.ts";
import { holdReason } from "../../db/changesHold.ts";
import { readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { refuseDuringRollout } from "./refuseDuringRollout.ts";
import { type PreviewRolloutInput, previewRolloutSchema } from "./rolloutInput.ts";
import { pastErrors, planRollout } from "./writeRollout.ts";

/** What starting would do, and what keeps it from it. INVALID for a plan that is none, with every problem and its path. */
export async function previewRollout({ ctx, input: untrusted }: Call<PreviewRolloutInput>): Promise<RolloutPreview> {
  authorise(ctx, "look");
  const { groupId, plan, forecast, ...change } = parseInput(previewRolloutSchema, untrusted);
  const group = await groupOrThrow(ctx.db, groupId);
  const nowMs = ctx.ports.nowMs();
  const problems: RolloutPreview["problems"] = [];
  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "INTERNAL") throw error;
      problems.push({ path, message: error.message });
      return null;
    }
  };
  const planned = await attempt("version", () => planRollout(ctx.db, ctx.ports.seal, group, change));
  await attempt("groupId", () => refuseDuringRollout(ctx.db, group));
  const held = await holdReason(ctx.db, nowMs);
  if (held !== null) problems.push({ path: "override", message: held });
  const concerned = [...(await readTargets(ctx.db, nowMs)).values()].filter((one) => one.group.id === groupId || one.followsGroupId === groupId);
  const takers = new Set(concerned.filter(({ override }) => override === null).map(({ collectorId }) => collectorId));
  const rows = ctx.ports.live.rows().filter(({ id }) => takers.has(id));
  const connected = rows.filter(({ state }) => state !== "offline").map(({ id }) => id);
  if (connected.length === 0) problems.push({ path: "groupId", message: `no collector of ${group.name} is connected: the rollout would wait for one` });
  return {
    problems,
    warnings: warningsOf(plan, forecast !== null),
    sentences: planned?.sentences ?? [],
    stageSizes: plannedMembers("preview", plan, connected).map((members) => members.length),
    connected: connected.length,
    away: rows.length - connected.length,
    overridden: concerned.length - takers.size,
    needsApproval: await isApprovalNeeded(ctx.db, group),
    forecast: forecast && widenForecast(forecast, await pastErrors(ctx.db)),
  };
}

/** A gate whose data can't come together while a stage bakes, twice over, would have a person decide. */
function warningsOf({ stages, gates }: RolloutPlan, hasForecast: boolean): string[] {
  const needs: [boolean, string, number][] = [
    [gates.p99RatioMax !== null, "the gate P99", WINDOWS_MIN * gates.windowSeconds],
    [gates.memoryBytesPerMinuteMax !== null, "the gate memory slope", TREND_SAMPLES_MIN + 10],
    [gates.keptShareWithinForecast && hasForecast, "the gate kept share", KEPT_WINDOWS_MIN * gates.windowSeconds],
  ];
  const short = needs.flatMap(([isOn, name, seconds]) => {
    const at = stages.findIndex(({ bakeSeconds }) => 2 * bakeSeconds < seconds);
    return isOn && at >= 0
      ? [`${name} takes ${seconds} s of measurements: stage ${at + 1} bakes for ${stages[at].bakeSeconds} s, and would wait for a person`]
      : [];
  });
  const history =
    gates.p99RatioMax === null
      ? []
      : [
          `the gate P99 takes ${WINDOWS_BEFORE_MIN * gates.windowSeconds} s of traffic from before: where less of it was measured, the first stage opens so much later`,
        ];
  const noForecast = gates.keptShareWithinForecast && !hasForecast ? ["the kept share is not looked at: there is no forecast to hold it against"] : [];
  return [...short, ...history, ...noForecast];
}
