import type { Operation } from "#domain/auth/scopes.ts";
import { commandRollout } from "#domain/fleet/rollout/commandRollout.ts";
import type { RolloutCommand } from "#domain/fleet/rollout/rollout.ts";
import type { ByNumber } from "#domain/fleet/rollout/rolloutView.ts";
import { holdReason } from "../../db/changesHold.ts";
import { lockRollout } from "../../db/rolloutRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authoriseIn, authoriseSomewhere } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { groupOrThrow } from "../groups/groupOrThrow.ts";
import { parseInput } from "../parseInput.ts";
import { rolloutFacts } from "./rolloutFacts.ts";
import { type ByNumberInput, byNumberSchema, type WithMessageInput, withMessageSchema } from "./rolloutInput.ts";
import { saveMove } from "./saveMove.ts";

/** Who may stop a change is whoever may make one; to let it go further is an approver's. */
export const OPERATION_OF = {
  approve: "steerRollouts",
  resume: "steerRollouts",
  promote: "steerRollouts",
  pause: "apply",
  abort: "apply",
} as const satisfies Record<RolloutCommand["kind"], Operation>;

/** Whoever stops one says why. */
const TAKES_MESSAGE = new Set<RolloutCommand["kind"]>(["pause", "abort"]);

/** What a person asks of a live rollout. CONFLICT with the reason where it can't be. */
export async function steerRollout(ctx: ServiceContext, kind: RolloutCommand["kind"], untrusted: ByNumberInput | WithMessageInput): Promise<ByNumber> {
  const operation = OPERATION_OF[kind];
  authoriseSomewhere(ctx, operation);
  const { number, message } = TAKES_MESSAGE.has(kind) ? parseInput(withMessageSchema, untrusted) : { ...parseInput(byNumberSchema, untrusted), message: null };
  return ctx.db.$transaction(async (tx) => {
    const row = await lockRollout(tx, number);
    if (!row) throw new AppError("NOT_FOUND", `there is no rollout ${number}`);
    const by = authoriseIn(ctx, operation, await groupOrThrow(tx, row.groupId));
    const nowMs = ctx.ports.nowMs();
    const held = row.overrideReason === null && operation === "steerRollouts" ? await holdReason(tx, nowMs) : null;
    if (held !== null) throw new AppError("CONFLICT", `rollout ${number}: ${held}`);
    const { collectors, bases } = await rolloutFacts(tx, row, nowMs);
    const gates = row.results.map(({ sinceMs: _, ...result }) => result);
    const move = commandRollout(row.state, { kind, name: by.name, message }, { nowMs, collectors, gates });
    if ("refused" in move) throw new AppError("CONFLICT", `rollout ${number}: ${move.refused}`);
    await saveMove(tx, row, { move, by, nowMs, bases });
    return { number };
  });
}
