import type { z } from "zod";
import { configHash } from "#domain/fleet/configHash.ts";
import { assembleConfig } from "../../db/assembleConfig.ts";
import type { Transaction } from "../../db/database.ts";
import { groupRevision } from "../../db/groupRows.ts";
import { AppError } from "../../errors/appError.ts";
import { assembleNext } from "../apply/assembleNext.ts";
import { describeChange } from "../apply/describeChange.ts";
import { nextParts } from "../apply/nextParts.ts";
import { planRevert } from "../apply/writeRevert.ts";
import { findOverrideTarget, planOverride } from "../collectors/writeOverride.ts";
import type { ServiceContext } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { planRollout } from "../rollouts/writeRollout.ts";
import type { askSchema } from "./approvalInput.ts";
import type { NewRequest } from "./createRequest.ts";

export type Asked = z.output<typeof askSchema>;
type Planned = NewRequest & { group: NonNullable<NewRequest["group"]> };

const KINDS = ["policy", "destination", "pipeline"] as const;

/** What would be done, worked out as if it were done now: what can't run is INVALID or CONFLICT here, not when it is approved. */
export async function planRequest(tx: Transaction, ctx: ServiceContext, asked: Asked): Promise<Planned> {
  const { seal } = ctx.ports;
  switch (asked.kind) {
    case "revert": {
      const group = await groupOrThrow(tx, asked.groupId);
      const { newest, next } = await planRevert(tx, seal, group, asked.revision);
      const running = await assembleConfig(tx, newest, seal);
      const sentences = KINDS.flatMap((kind) => describeChange(kind, running, next));
      const title = `${group.name} back to revision ${asked.revision}`;
      return { kind: "revert", group, baseRevision: newest.number, change: { revision: asked.revision }, sentences, title, message: asked.message };
    }
    case "override": {
      const { kind: _, ...wish } = asked;
      const found = await findOverrideTarget(tx, ctx.ports.nowMs(), wish.collectorId);
      const { onTopOf, ofGroup, next, runs } = await planOverride(tx, ctx, found, wish);
      const running = await assembleConfig(tx, onTopOf, seal);
      const sentences = wish.changes.flatMap(({ kind }) => describeChange(kind, running, next));
      const title = `${found.collector.name} alone: ${runs.join(", ")} for ${wish.minutes} min`;
      const { group } = found.target;
      const change = { wish, onTopOf: onTopOf.number };
      return { kind: "override", group, baseRevision: ofGroup.number, change, sentences, title, message: wish.reason };
    }
    case "rollout": {
      const { groupId, message, kind: _, of: kind, ...wish } = asked;
      const group = await groupOrThrow(tx, groupId);
      const change = { ...wish, kind };
      const { newest, document, sentences } = await planRollout(tx, seal, group, change);
      const title = `${document.name} v${change.version} in ${change.plan.stages.length} stages`;
      return { kind: "rollout", group, baseRevision: newest.number, change, sentences, title, message };
    }
    default: {
      const { groupId, message, ...change } = asked;
      const group = await groupOrThrow(tx, groupId);
      const newest = await groupRevision(tx, groupId);
      if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
      const { parts, document } = await nextParts(tx, newest, change);
      const next = await assembleNext(tx, parts, seal);
      if (configHash(next) === newest.hash) throw new AppError("CONFLICT", `${group.name} runs exactly this already`);
      const sentences = describeChange(change.kind, await assembleConfig(tx, newest, seal), next);
      return { kind: "apply", group, baseRevision: newest.number, change, sentences, title: `${document.name} v${change.version}`, message };
    }
  }
}
