import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { configHash } from "#domain/fleet/configHash.ts";
import { describePipelineChange } from "#domain/pipeline/describePipelineChange.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import { describePolicyChange } from "#domain/sampling/describePolicyChange.ts";
import { estimateChange, type PolicyChangeEstimate } from "#domain/sampling/estimateChange.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { newestRevision, versionIn } from "../../db/documentRows.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { assembleConfig } from "../../db/newestConfig.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call, ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type PreviewInput, previewSchema } from "./applyInput.ts";
import { assembleNext } from "./assembleNext.ts";
import { describeExportChange } from "./describeExportChange.ts";
import { nextParts } from "./nextParts.ts";

export type ApplyPreview = {
  /** Collectors that would be given it now, and those that will get it when they come back. */
  collectors: number;
  offline: number;
  /** The version of the same document that runs now; null when another document runs. */
  fromVersion: number | null;
  /** True when collectors run exactly this already, and nothing would be sent. */
  sameHash: boolean;
  /** Of a policy; null for the other kinds, and without live counts. */
  estimate: PolicyChangeEstimate | null;
  sentences: string[];
};

/** What applying would change, before anything is changed. */
export async function previewApply({ ctx, input: untrusted }: Call<PreviewInput>): Promise<ApplyPreview> {
  authorise(ctx, "viewer");
  const input = parseInput(previewSchema, untrusted);
  const newest = await newestRevision(ctx.db);
  if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const { parts } = await nextParts(ctx.db, newest, input);
  const next = await assembleNext(ctx.db, parts, ctx.ports.seal);
  const running = await assembleConfig(ctx.db, newest, ctx.ports.seal);
  const rows = ctx.ports.live.rows();
  const online = rows.filter((row) => row.state !== "offline").length;
  return {
    collectors: online,
    offline: rows.length - online,
    fromVersion: versionIn(newest, input.id),
    sameHash: configHash(next) === newest.hash,
    estimate: input.kind === "policy" ? await estimate(ctx, running.sampling, next.sampling, online) : null,
    sentences: describeChange(input.kind, running, next),
  };
}

function describeChange(kind: PreviewInput["kind"], running: CollectorConfig, next: CollectorConfig): string[] {
  switch (kind) {
    case "policy":
      return describePolicyChange(running.sampling, next.sampling);
    case "destination":
      return describeExportChange(withoutHeaderValues(running.export), withoutHeaderValues(next.export));
    case "pipeline":
      return describePipelineChange(running.pipeline, next.pipeline);
  }
}

async function estimate(ctx: ServiceContext, running: SamplingPolicy, candidate: SamplingPolicy, collectors: number): Promise<PolicyChangeEstimate | null> {
  const names = new Set(running.tiers.map((tier) => tier.name));
  const live = ctx.ports.live.tierRates()?.filter((rate) => names.has(rate.name)) ?? [];
  if (live.length === 0) return null;
  const { price } = await readLivePrice(ctx.db);
  // Live counts are of the collectors that this replica holds, and each of those keeps to a budget of its own.
  const counted = ctx.ports.live.rows().filter((row) => ctx.ports.fleet.isConnected(row.id)).length;
  return estimateChange({ running, live, candidate, price: { price, collectors }, collectors: counted });
}

function withoutHeaderValues(settings: ExportSettings): ExportSettings {
  return settings.kind === "otlp" ? { ...settings, headers: Object.fromEntries(Object.keys(settings.headers).map((name) => [name, ""])) } : settings;
}
