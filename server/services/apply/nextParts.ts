import type { Transaction } from "../../db/database.ts";
import { type Document, findDocument, findVersion, type Revision } from "../../db/documentRows.ts";
import type { ConfigParts } from "../../db/newestConfig.ts";
import { AppError } from "../../errors/appError.ts";

export type Change = { kind: "policy" | "destination"; id: string; version: number };

/** What every collector would run if `change` were applied on top of the newest revision. */
export async function nextParts(tx: Transaction, newest: Revision, change: Change): Promise<{ parts: ConfigParts; document: Document }> {
  const noun = change.kind === "policy" ? "sampling policy" : "destination";
  const document = await findDocument(tx, change.kind === "policy" ? "sampling" : "export", change.id);
  if (!document) throw new AppError("NOT_FOUND", `there is no ${noun} with the id ${change.id}`);
  if (!(await findVersion(tx, change.id, change.version)))
    throw new AppError("NOT_FOUND", `there is no version ${change.version} of the ${noun} ${JSON.stringify(document.name)}`);
  const { policyId, policyVersion, destinationId, destinationVersion, pipeline } = newest;
  const parts = { policyId, policyVersion, destinationId, destinationVersion, pipeline };
  if (change.kind === "policy") return { parts: { ...parts, policyId: change.id, policyVersion: change.version }, document };
  return { parts: { ...parts, destinationId: change.id, destinationVersion: change.version }, document };
}
