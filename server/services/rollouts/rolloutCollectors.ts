import { isGoingBack, type Rollout } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutCollector, RolloutCollectorState } from "#domain/fleet/rollout/rolloutView.ts";
import { findRollout } from "../../db/rolloutRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { rolloutFacts } from "./rolloutFacts.ts";
import { type ByNumberInput, byNumberSchema } from "./rolloutInput.ts";

/** The collectors that a live rollout is for; of one that has ended those that it changed. */
export async function rolloutCollectors({ ctx, input: untrusted }: Call<ByNumberInput>): Promise<RolloutCollector[]> {
  authorise(ctx, "look");
  const { number } = parseInput(byNumberSchema, untrusted);
  const row = await findRollout(ctx.db, number);
  if (!row) throw new AppError("NOT_FOUND", `there is no rollout ${number}`);
  const { collectors } = row.isLive ? await rolloutFacts(ctx.db, row, ctx.ports.nowMs()) : { collectors: [] };
  const stageOf = new Map(row.state.members.map(({ id, stage }) => [id, stage]));
  const facts = new Map(collectors.map((one) => [one.id, one]));
  const ids = row.isLive ? [...facts.keys()] : [...stageOf.keys()];
  const named = await ctx.db.collector.findMany({ where: { id: { in: ids } }, select: { id: true, name: true }, orderBy: [{ name: "asc" }, { id: "asc" }] });
  return named.map(({ id, name }) => {
    const stage = stageOf.get(id) ?? null;
    return { id, name, stage, state: row.isLive ? stateOf(row.state, stage, facts.get(id)) : endedState(row.state, id) };
  });
}

function stateOf(
  rollout: Rollout,
  stage: number | null,
  fact: Awaited<ReturnType<typeof rolloutFacts>>["collectors"][number] | undefined,
): RolloutCollectorState {
  if (!fact || stage === null) return "unchanged";
  if (typeof fact.config === "object") return "refused";
  if (fact.config === "wrongHash") return "wrongHash";
  if (!fact.connected) return "away";
  if (isGoingBack(rollout)) return fact.config === "new" ? "reverting" : "reverted";
  return fact.config === "new" ? "changed" : "waiting";
}

/** As it was when it ended: what they have run since then is no matter of the rollout. */
function endedState({ phase, reason }: Rollout, id: string): RolloutCollectorState {
  if (phase === "completed") return "changed";
  const named = reason && "collectors" in reason && reason.collectors.includes(id);
  if (named && reason.kind === "refused") return "refused";
  if (named && reason.kind === "wrongHash") return "wrongHash";
  return named && reason.kind === "away" ? "away" : "reverted";
}
