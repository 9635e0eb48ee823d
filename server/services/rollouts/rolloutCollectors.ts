import { createHash } from "node:crypto";
import { type RolloutCells, toCells } from "#domain/fleet/rollout/rolloutCells.ts";
import type { RolloutCollector } from "#domain/fleet/rollout/rolloutView.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type ByNumberInput, byNumberSchema } from "./rolloutInput.ts";
import { rolloutOrThrow } from "./rolloutOrThrow.ts";
import { rolloutStates } from "./rolloutStates.ts";

/** The collectors that a rollout is for, one character each; who they are is asked for by pages. */
export async function rolloutCollectors({ ctx, input: untrusted }: Call<ByNumberInput>): Promise<RolloutCells> {
  authorise(ctx, "look");
  const { number } = parseInput(byNumberSchema, untrusted);
  const collectors = await rolloutStates(ctx, await rolloutOrThrow(ctx.db, number));
  return toCells(orderOf(collectors), collectors);
}

/** The same as long as none comes, goes or is called otherwise. */
export function orderOf(collectors: readonly Pick<RolloutCollector, "id" | "name">[]): string {
  const hash = createHash("sha256");
  for (const { id, name } of collectors) hash.update(`${id} ${name}\n`);
  return hash.digest("base64url").slice(0, 12);
}
