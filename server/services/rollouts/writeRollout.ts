import type { z } from "zod";
import { configHash } from "#domain/fleet/configHash.ts";
import { newRollout } from "#domain/fleet/rollout/advanceRollout.ts";
import { ERRORS_USED_MAX, widenForecast } from "#domain/fleet/rollout/forecastErrors.ts";
import type { KeptShareForecast } from "#domain/fleet/rollout/rolloutView.ts";
import { assembleConfig } from "../../db/assembleConfig.ts";
import { type AuditActor, audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { versionIn } from "../../db/documentRows.ts";
import { type Group, groupRevision, nextRevisionNumber } from "../../db/groupRows.ts";
import { findRollout } from "../../db/rolloutRows.ts";
import type { SealPort } from "../../db/secretBox.ts";
import { readTargets } from "../../db/targets.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { assembleNext } from "../apply/assembleNext.ts";
import { describeChange } from "../apply/describeChange.ts";
import { nextParts } from "../apply/nextParts.ts";
import type { Ports } from "../context.ts";
import { refuseDuringRollout } from "./refuseDuringRollout.ts";
import type { startRolloutSchema } from "./rolloutInput.ts";
import { saveMove } from "./saveMove.ts";

export const LIVE_ROLLOUTS_MAX = 50;

export type RolloutToWrite = {
  group: Group;
  wish: Omit<z.output<typeof startRolloutSchema>, "groupId">;
  by: AuditActor;
  /** Whose change it is, when another person said yes to it. */
  asked?: { id: string; authorName: string };
  nowMs: number;
};

/** What would be rolled out. CONFLICT when the group runs just that. */
export async function planRollout(tx: Transaction, seal: SealPort, group: Group, change: Pick<RolloutToWrite["wish"], "kind" | "id" | "version">) {
  const newest = await groupRevision(tx, group.id);
  if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const { parts, document } = await nextParts(tx, newest, change);
  const next = await assembleNext(tx, parts, seal);
  const hash = configHash(next);
  if (hash === newest.hash) throw new AppError("CONFLICT", `${group.name} runs exactly this already`);
  const sentences = describeChange(change.kind, await assembleConfig(tx, newest, seal), next);
  return { newest, parts, document, hash, sentences };
}

/** The staged revision and its rollout, whose first stage opens with the next look. Hold the lock of revisions. */
export async function writeRollout(
  tx: Transaction,
  { seal, counters }: Pick<Ports, "seal" | "counters">,
  { group, wish, by, asked, nowMs }: RolloutToWrite,
): Promise<{ number: number }> {
  const { kind, version, plan, message, override } = wish;
  await refuseDuringRollout(tx, group);
  if ((await tx.rollout.count({ where: { isLive: true } })) >= LIVE_ROLLOUTS_MAX) {
    counters.rolloutsRefused++;
    throw new AppError("TOO_MANY", `${LIVE_ROLLOUTS_MAX} rollouts are under way; wait for one to end, or abort one`);
  }
  const { newest, parts, document, hash, sentences } = await planRollout(tx, seal, group, wish);
  const forecast = wish.forecast && widenForecast(wish.forecast, await pastErrors(tx));
  const who = { authorName: asked?.authorName ?? by.name, approverName: asked ? by.name : null };
  const toRevision = await nextRevisionNumber(tx);
  const at = new Date(nowMs);
  const { number } = await tx.rollout.create({
    data: {
      ...{ groupId: group.id, kind, documentId: document.id, documentName: document.name, ...who },
      ...{ fromVersion: versionIn(newest, document.id), toVersion: version, fromRevision: newest.number, toRevision },
      ...{ sentences, message, overrideReason: override ?? null, ...(forecast && { forecast }) },
      ...{ phase: "approval", state: {}, startedAt: at, watchedSince: at, tickedAt: at },
    },
    select: { number: true },
  });
  await tx.revision.create({ data: { ...parts, ...who, number: toRevision, groupId: group.id, hash, message, rollout: number, isStaged: true } });
  const state = newRollout({ id: String(number), plan, nowMs });
  await tx.rollout.update({ where: { number }, data: { state: toJson(state) } });
  const row = await findRollout(tx, number);
  if (!row) throw new Error("a rollout that was just written can't be read");
  const scope = [...(await readTargets(tx, nowMs)).values()].filter(({ rollout }) => rollout?.number === number);
  await tx.rollout.update({ where: { number }, data: { collectors: scope.length } });
  await saveMove(tx, row, { move: { rollout: state, steps: [] }, by, nowMs, bases: {}, started: { message } });
  await audit(tx, {
    by,
    action: "rollout.start",
    entity: "rollout",
    entityId: String(number),
    entityName: `${document.name} v${version}`,
    before: { revision: newest.number, hash: newest.hash },
    after: { revision: toRevision, hash },
    detail: {
      groupId: group.id,
      group: group.name,
      stages: plan.stages.length,
      ...(message !== null && { message }),
      ...(override !== undefined && { override }),
      ...(asked && { askedBy: asked.authorName, requestId: asked.id }),
    },
  });
  return { number };
}

/** How far the last forecasts were off, newest first. */
export async function pastErrors(tx: Transaction): Promise<number[]> {
  const ended = await tx.rollout.findMany({ where: { phase: "completed" }, orderBy: { number: "desc" }, take: 4 * ERRORS_USED_MAX, select: { outcome: true } });
  const errors = ended.map(({ outcome }) => (Object(Object(outcome).keptShare) as { error?: KeptShareForecast["expected"] | null }).error);
  return errors.filter((error): error is number => typeof error === "number").slice(0, ERRORS_USED_MAX);
}
