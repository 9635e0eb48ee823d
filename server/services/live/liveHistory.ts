import { z } from "zod";
import type { LiveHistory } from "#domain/telemetry/live.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

const scopeSchema = z.discriminatedUnion(
  "kind",
  [z.strictObject({ kind: z.literal("fleet") }), z.strictObject({ kind: z.literal("collector"), id: idSchema })],
  "must be fleet or collector",
);
export const liveHistorySchema = z.strictObject({ scope: scopeSchema });
export type LiveHistoryInput = z.input<typeof liveHistorySchema>;

export function liveHistory({ ctx, input: untrusted }: Call<LiveHistoryInput>): LiveHistory {
  authorise(ctx, "look");
  return ctx.ports.live.history(parseInput(liveHistorySchema, untrusted).scope);
}
