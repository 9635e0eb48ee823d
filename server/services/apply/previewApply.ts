import { configHash } from "#domain/fleet/configHash.ts";
import type { PolicyChangeEstimate } from "#domain/sampling/estimateChange.ts";
import { newestRevision } from "../../db/documentRows.ts";
import { assembleConfig } from "../../db/newestConfig.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { runningVersionOf } from "../documents/runningVersionOf.ts";
import { parseInput } from "../parseInput.ts";
import { type PreviewInput, previewSchema } from "./applyInput.ts";
import { nextParts } from "./nextParts.ts";

export type ApplyPreview = {
  /** Collectors that would be given it now, and those that will get it when they come back. */
  collectors: number;
  offline: number;
  /** The version of the same document that runs now; null when another document runs. */
  fromVersion: number | null;
  /** True when collectors run exactly this already, and nothing would be sent. */
  sameHash: boolean;
  estimate: PolicyChangeEstimate | null;
  sentences: string[];
};

export async function previewApply({ ctx, input: untrusted }: Call<PreviewInput>): Promise<ApplyPreview> {
  authorise(ctx, "viewer");
  const input = parseInput(previewSchema, untrusted);
  const newest = await newestRevision(ctx.db);
  if (!newest) throw new AppError("UNAVAILABLE", "the first boot has not finished; try again in a moment");
  const { parts } = await nextParts(ctx.db, newest, input);
  const next = await assembleConfig(ctx.db, parts, ctx.ports.seal);
  const rows = ctx.ports.live.rows();
  const offline = rows.filter((row) => row.state === "offline").length;
  return {
    collectors: rows.length - offline,
    offline,
    fromVersion: runningVersionOf(newest, input.id),
    sameHash: configHash(next) === newest.hash,
    estimate: null,
    sentences: [],
  };
}
