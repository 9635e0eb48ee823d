import { configHash } from "#domain/fleet/configHash.ts";
import { estimateChange, type PolicyChangeEstimate } from "#domain/sampling/estimateChange.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { isApprovalNeeded } from "../../db/approvalSetting.ts";
import { assembleConfig } from "../../db/assembleConfig.ts";
import { versionIn } from "../../db/documentRows.ts";
import { groupRevision } from "../../db/groupRows.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { readTargets } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call, ServiceContext } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { type PreviewInput, previewSchema } from "./applyInput.ts";
import { assembleNext } from "./assembleNext.ts";
import { describeChange } from "./describeChange.ts";
import { nextParts } from "./nextParts.ts";

export type ApplyPreview = {
  /** Collectors that would be given it now, and those that will get it when they come back. */
  collectors: number;
  offline: number;
  /** Collectors of the group that go on with what they were given instead, until that ends. */
  overridden: number;
  /** The version of the same document that runs now; null when another document runs. */
  fromVersion: number | null;
  /** True when collectors run exactly this already, and nothing would be sent. */
  sameHash: boolean;
  /** Of a policy; null for the other kinds, and without live counts. */
  estimate: PolicyChangeEstimate | null;
  sentences: string[];
  /** True when another person has to say yes first: it is asked for, not applied. */
  needsApproval: boolean;
};

/** What applying would change, before anything is changed. */
export async function previewApply({ ctx, input: untrusted }: Call<PreviewInput>): Promise<ApplyPreview> {
  authorise(ctx, "look");
  const input = parseInput(previewSchema, untrusted);
  const group = await groupOrThrow(ctx.db, input.groupId);
  const newest = await groupRevision(ctx.db, input.groupId);
  if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const { parts } = await nextParts(ctx.db, newest, input);
  const next = await assembleNext(ctx.db, parts, ctx.ports.seal);
  const running = await assembleConfig(ctx.db, newest, ctx.ports.seal);
  const targets = await readTargets(ctx.db, ctx.ports.nowMs());
  const concerned = [...targets.values()].filter(({ group, followsGroupId }) => group.id === input.groupId || followsGroupId === input.groupId);
  const takers = new Set(concerned.filter(({ override }) => override === null).map(({ collectorId }) => collectorId));
  const rows = ctx.ports.live.rows().filter(({ id }) => takers.has(id));
  const online = rows.filter((row) => row.state !== "offline");
  return {
    collectors: online.length,
    offline: rows.length - online.length,
    overridden: concerned.length - takers.size,
    fromVersion: versionIn(newest, input.id),
    sameHash: configHash(next) === newest.hash,
    estimate: input.kind === "policy" ? await estimate(ctx, running.sampling, next.sampling, online) : null,
    sentences: describeChange(input.kind, running, next),
    needsApproval: await isApprovalNeeded(ctx.db, group),
  };
}

async function estimate(
  ctx: ServiceContext,
  running: SamplingPolicy,
  candidate: SamplingPolicy,
  takers: readonly { id: string }[],
): Promise<PolicyChangeEstimate | null> {
  const names = new Set(running.tiers.map((tier) => tier.name));
  const ids = takers.map(({ id }) => id);
  const live = ctx.ports.live.tierRates(ids)?.filter((rate) => names.has(rate.name)) ?? [];
  if (live.length === 0) return null;
  const { price } = await readLivePrice(ctx.db);
  // Live counts are of the collectors that this replica holds, and each of those keeps to a budget of its own.
  const counted = ids.filter((id) => ctx.ports.fleet.isConnected(id)).length;
  return estimateChange({ running, live, candidate, price: { price, collectors: ids.length }, collectors: counted });
}
