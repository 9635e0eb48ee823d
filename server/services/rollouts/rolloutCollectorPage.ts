import type { RolloutCollectorPage } from "#domain/fleet/rollout/rolloutView.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { orderOf } from "./rolloutCollectors.ts";
import { type CollectorPageInput, collectorPageSchema } from "./rolloutInput.ts";
import { rolloutOrThrow } from "./rolloutOrThrow.ts";
import { rolloutStates } from "./rolloutStates.ts";

/** Some of the collectors that a rollout is for, in the order of their names. */
export async function rolloutCollectorPage({ ctx, input: untrusted }: Call<CollectorPageInput>): Promise<RolloutCollectorPage> {
  authorise(ctx, "look");
  const { number, search, state, stage, named, from, limit } = parseInput(collectorPageSchema, untrusted);
  const row = await rolloutOrThrow(ctx.db, number);
  const all = await rolloutStates(ctx, row);
  const { reason } = row.state;
  const inReason = named ? new Set(reason && "collectors" in reason ? reason.collectors : []) : null;
  const wanted = search.toLowerCase();
  const found = all.filter(
    (one) =>
      (state === undefined || one.state === state) &&
      (stage === undefined || one.stage === stage) &&
      (inReason === null || inReason.has(one.id)) &&
      (wanted === "" || one.name.toLowerCase().includes(wanted)),
  );
  return { order: orderOf(all), total: found.length, items: found.slice(from, from + limit) };
}
