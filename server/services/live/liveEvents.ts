import { z } from "zod";
import type { LiveEvent } from "#domain/telemetry/live.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { idSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";

export const TOPICS_MAX = 32;
const topicSchema = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("fleet") }),
    z.strictObject({ kind: z.literal("collectors") }),
    z.strictObject({ kind: z.literal("collector"), id: idSchema }),
  ],
  "must be fleet, collectors or collector",
);
export const liveEventsSchema = z.strictObject({
  topics: z.array(topicSchema, "must be a list of topics").max(TOPICS_MAX, `must have at most ${TOPICS_MAX} topics`),
});
export type LiveEventsInput = z.input<typeof liveEventsSchema>;

/** The last known state at once, then what changes, until `signal` says stop. */
export function liveEvents({ ctx, input: untrusted, signal }: Call<LiveEventsInput> & { signal: AbortSignal }): AsyncIterable<LiveEvent> {
  authorise(ctx, "look");
  return ctx.ports.live.subscribe(parseInput(liveEventsSchema, untrusted).topics, signal);
}
