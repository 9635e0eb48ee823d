import type { z } from "zod";
import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { configHash } from "#domain/fleet/configHash.ts";
import type { ConfigParts } from "../../db/assembleConfig.ts";
import { type AuditActor, audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import type { Revision } from "../../db/documentRows.ts";
import { groupRevision, nextRevisionNumber } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { readTargets, type Target } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { assembleNext } from "../apply/assembleNext.ts";
import { nextParts } from "../apply/nextParts.ts";
import type { ServiceContext } from "../context.ts";
import type { setOverrideSchema } from "./overrideInput.ts";

export type OverrideWish = z.output<typeof setOverrideSchema>;
export type OverrideTarget = { collector: { id: string; name: string }; target: Target };
/** `onTopOf`: what the collector is to run now. `runs`: the versions that would take their place, by name. */
export type OverridePlan = { onTopOf: Revision; ofGroup: Revision; parts: ConfigParts; next: CollectorConfig; hash: string; runs: string[] };

export async function findOverrideTarget(tx: Transaction, nowMs: number, collectorId: string): Promise<OverrideTarget> {
  const collector = await tx.collector.findUnique({ where: { id: collectorId }, select: { id: true, name: true } });
  const target = (await readTargets(tx, nowMs, [collectorId])).get(collectorId);
  if (!collector || !target) throw new AppError("NOT_FOUND", `there is no collector with the id ${collectorId}`);
  return { collector, target };
}

/** What one collector would run instead of its group's configuration. CONFLICT when that is just what its group runs. */
export async function planOverride(tx: Transaction, ctx: ServiceContext, { collector, target }: OverrideTarget, wish: OverrideWish): Promise<OverridePlan> {
  const ofGroup = await groupRevision(tx, target.group.id);
  const onTopOf = target.revision;
  if (!onTopOf || !ofGroup) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  let base = onTopOf;
  const runs: string[] = [];
  for (const change of wish.changes) {
    const { parts, document } = await nextParts(tx, base, change);
    base = { ...base, ...parts };
    runs.push(`${document.name} v${change.version}`);
  }
  const { policyId, policyVersion, destinationId, destinationVersion, pipelineId, pipelineVersion } = base;
  const parts = { policyId, policyVersion, destinationId, destinationVersion, pipelineId, pipelineVersion };
  const next = await assembleNext(tx, parts, ctx.ports.seal);
  const hash = configHash(next);
  if (hash === ofGroup.hash)
    throw new AppError(
      "CONFLICT",
      `${collector.name} would run just what its group ${target.group.name} runs${target.override ? "; end the override instead" : ""}`,
    );
  return { onTopOf, ofGroup, parts, next, hash, runs };
}

export type OverrideToWrite = { wish: OverrideWish; by: AuditActor; asked?: { id: string; authorName: string } };
export type WrittenOverride = { collectorId: string; revision: number; hash: string; expiresAtMs: number };

/** Has the collector run it until its time is over. Hold the lock of revisions. */
export async function writeOverride(
  tx: Transaction,
  ctx: ServiceContext,
  found: OverrideTarget,
  { wish, by, asked }: OverrideToWrite,
): Promise<WrittenOverride> {
  const { collector, target } = found;
  const { onTopOf, parts, hash, runs } = await planOverride(tx, ctx, found, wish);
  const now = ctx.ports.nowMs();
  const number = await nextRevisionNumber(tx);
  const expiresAt = new Date(now + wish.minutes * 60_000);
  const { reason } = wish;
  const collectorId = collector.id;
  const authorName = asked?.authorName ?? by.name;
  const data = { ...parts, number, groupId: target.group.id, collectorId, hash, authorName, approverName: asked ? by.name : null, message: reason };
  await tx.revision.create({ data });
  const row = { revision: number, reason, authorName, createdAt: new Date(now), expiresAt };
  await tx.collectorOverride.upsert({ where: { collectorId }, create: { collectorId, ...row }, update: row });
  await audit(tx, {
    by,
    action: "collector.override",
    entity: "collector",
    entityId: collectorId,
    entityName: collector.name,
    before: { revision: onTopOf.number, hash: onTopOf.hash },
    after: { revision: number, hash },
    detail: {
      runs,
      reason,
      expiresAt: expiresAt.toISOString(),
      groupId: target.group.id,
      group: target.group.name,
      ...(asked && { askedBy: asked.authorName, requestId: asked.id }),
    },
  });
  await notifyChange(tx, "revision", String(number));
  await notifyChange(tx, "group");
  return { collectorId, revision: number, hash, expiresAtMs: expiresAt.getTime() };
}
