import type { Transaction } from "../../db/database.ts";
import { findRollout, type RolloutRow } from "../../db/rolloutRows.ts";
import { AppError } from "../../errors/appError.ts";

export async function rolloutOrThrow(tx: Transaction, number: number): Promise<RolloutRow> {
  const row = await findRollout(tx, number);
  if (!row) throw new AppError("NOT_FOUND", `there is no rollout ${number}`);
  return row;
}
