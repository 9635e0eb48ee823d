import type { Transaction } from "../../db/database.ts";
import type { Revision } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";

/** CONFLICT when one of the documents that a revision names is archived; `whose` is what runs it, in words. */
export async function refuseArchivedParts(tx: Transaction, whose: string, { policyId, destinationId, pipelineId }: Revision): Promise<void> {
  const archived = await tx.document.findFirst({ where: { id: { in: [policyId, destinationId, pipelineId] }, archivedAt: { not: null } } });
  if (archived) throw new AppError("CONFLICT", `${whose} names ${archived.name}, which is archived; restore that first`);
}
