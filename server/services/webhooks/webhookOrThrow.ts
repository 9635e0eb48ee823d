import type { Transaction } from "../../db/database.ts";
import { AppError } from "../../errors/appError.ts";

export async function webhookOrThrow(tx: Transaction, id: string) {
  const found = await tx.webhookEndpoint.findUnique({ where: { id } });
  if (found === null) throw new AppError("NOT_FOUND", `there is no webhook with the id ${id}`);
  return found;
}
