import type { Transaction } from "../../db/database.ts";
import { lockAdmins } from "../../db/lockAdmins.ts";
import { AppError } from "../../errors/appError.ts";

/** Throws CONFLICT when `id` is the last admin. Takes a lock, so that two admins can't demote each other at the same time. */
export async function requireAnotherAdmin(tx: Transaction, id: string): Promise<void> {
  await lockAdmins(tx);
  const others = await tx.user.count({ where: { role: "admin", id: { not: id } } });
  if (others === 0) throw new AppError("CONFLICT", "this is the last admin; make somebody else an admin first");
}
