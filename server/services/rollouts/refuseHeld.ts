import { holdReason } from "../../db/changesHold.ts";
import type { Transaction } from "../../db/database.ts";
import { AppError } from "../../errors/appError.ts";

/** Throws CONFLICT while an admin has stopped all changes, or a freeze window is on. */
export async function refuseHeld(tx: Transaction, nowMs: number): Promise<void> {
  const reason = await holdReason(tx, nowMs);
  if (reason !== null) throw new AppError("CONFLICT", `${reason}. Nothing was applied; an admin can release changes, or start a rollout with a reason`);
}
