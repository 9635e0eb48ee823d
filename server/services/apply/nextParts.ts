import type { ConfigParts } from "../../db/assembleConfig.ts";
import type { Transaction } from "../../db/database.ts";
import { type Document, findDocument, findVersion, REVISION_COLUMNS, type Revision } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { destinationKind } from "../destinations/destinationKind.ts";
import { refuseArchived } from "../documents/refuseArchived.ts";
import { pipelineKind } from "../pipelines/pipelineKind.ts";
import { policyKind } from "../policies/policyKind.ts";

const KINDS = { policy: policyKind, destination: destinationKind, pipeline: pipelineKind };

export type Change = { kind: keyof typeof KINDS; id: string; version: number };

/** What would run if `change` were applied on top of a group's newest revision. */
export async function nextParts(tx: Transaction, newest: Revision, change: Change): Promise<{ parts: ConfigParts; document: Document }> {
  const { kind, noun } = KINDS[change.kind];
  const document = await findDocument(tx, kind, change.id);
  if (!document) throw new AppError("NOT_FOUND", `there is no ${noun} with the id ${change.id}`);
  refuseArchived(document);
  if (!(await findVersion(tx, change.id, change.version)))
    throw new AppError("NOT_FOUND", `there is no version ${change.version} of the ${noun} ${JSON.stringify(document.name)}`);
  const { policyId, policyVersion, destinationId, destinationVersion, pipelineId, pipelineVersion } = newest;
  const parts = { policyId, policyVersion, destinationId, destinationVersion, pipelineId, pipelineVersion };
  const columns = REVISION_COLUMNS[kind];
  return { parts: { ...parts, [columns.id]: change.id, [columns.version]: change.version }, document };
}
