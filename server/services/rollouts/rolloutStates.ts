import { isGoingBack, type Rollout } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutCollector, RolloutCollectorState } from "#domain/fleet/rollout/rolloutView.ts";
import type { Transaction } from "../../db/database.ts";
import { type RolloutRow, readRolloutOthers } from "../../db/rolloutRows.ts";
import type { ServiceContext } from "../context.ts";
import { factsOf, type ScopedFacts } from "./rolloutFacts.ts";

/** The collectors that a rollout is for, or was for when it ended, in the order of their names; one that was forgotten since is not among them. */
export async function rolloutStates(ctx: ServiceContext, row: RolloutRow): Promise<RolloutCollector[]> {
  const stageOf = new Map(row.state.members.map(({ id, stage }) => [id, stage]));
  const live = row.isLive ? await liveFacts(ctx, row) : null;
  const ids = live ? [...live.keys()] : [...new Set([...stageOf.keys(), ...(await readRolloutOthers(ctx.db, row.number))])];
  const named = await namesInOrder(ctx.db, ids);
  const ended = live ? null : endedStates(row.state);
  return named.map(({ id, name }) => {
    const stage = stageOf.get(id) ?? null;
    return { id, name, stage, state: ended ? (stage === null ? "unchanged" : ended(id)) : stateOf(row.state, stage, live?.get(id)) };
  });
}

async function liveFacts(ctx: ServiceContext, row: RolloutRow): Promise<Map<string, ScopedFacts["collectors"][number]>> {
  const nowMs = ctx.ports.nowMs();
  const { collectors } = await factsOf(ctx.db, row, await ctx.ports.rolloutScopes.read(ctx.db, row.number, nowMs), nowMs);
  return new Map(collectors.map((one) => [one.id, one]));
}

async function namesInOrder(tx: Transaction, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return tx.$queryRaw<{ id: string; name: string }[]>`SELECT "id", "name" FROM "Collector" WHERE "id" = ANY(${ids}) ORDER BY "name", "id"`;
}

function stateOf(rollout: Rollout, stage: number | null, fact: ScopedFacts["collectors"][number] | undefined): RolloutCollectorState {
  if (!fact || stage === null) return "unchanged";
  if (typeof fact.config === "object") return "refused";
  if (fact.config === "wrongHash") return "wrongHash";
  if (!fact.connected) return "away";
  if (isGoingBack(rollout)) return fact.config === "new" ? "reverting" : "reverted";
  return fact.config === "new" ? "changed" : "waiting";
}

/** As it was when it ended: what they have run since then is no matter of the rollout. */
function endedStates({ phase, reason }: Rollout): (id: string) => RolloutCollectorState {
  const named = new Set(reason && "collectors" in reason ? reason.collectors : []);
  return (id) => {
    if (phase === "completed") return "changed";
    if (!named.has(id)) return "reverted";
    switch (reason?.kind) {
      case "refused":
      case "wrongHash":
      case "away":
        return reason.kind;
      default:
        return "reverted";
    }
  };
}
