import { z } from "zod";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import { findDocument, findVersion } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { type DestinationBodyInput, takeDestination } from "./destinationBody.ts";

const CHECK_TIMEOUT_MS = 15_000;
const checkSchema = z.strictObject({ id: idSchema.optional(), body: z.unknown(), collectorId: idSchema.optional() });

export type CheckDestinationInput = { id?: string; body: DestinationBodyInput; collectorId?: string };
export type CheckDestinationResult = { ok: boolean; message: string; tookMs: number; collectorName: string };

/** Asks a connected collector to reach the destination as given, saved or not. `id` says whose stored header values a null stands for. */
export async function checkDestination({ ctx, input: untrusted }: Call<CheckDestinationInput>): Promise<CheckDestinationResult> {
  const caller = authorise(ctx, "editDocuments");
  const input = parseInput(checkSchema, untrusted);
  const document = input.id === undefined ? null : await findDocument(ctx.db, "export", input.id);
  const stored = document && (await findVersion(ctx.db, document.id, document.currentVersion));
  const { settings } = takeDestination(input.body, ctx.ports.seal, stored);
  const collectors = ctx.ports.live.rows().filter((row) => ctx.ports.fleet.isConnected(row.id));
  const collector = input.collectorId === undefined ? collectors[0] : collectors.find((row) => row.id === input.collectorId);
  if (!collector) throw new AppError("UNAVAILABLE", "no collector is connected that could check; start one first");
  await ctx.db.$transaction((tx) =>
    audit(tx, {
      by: caller,
      action: "destination.check",
      entity: "destination",
      entityId: input.id,
      entityName: document?.name,
      detail: { collector: collector.name, kind: settings.kind },
    }),
  );
  const result = await ctx.ports.fleet.checkExport(collector.id, canonicalJson(settings), CHECK_TIMEOUT_MS);
  return { ...result, collectorName: collector.name };
}
