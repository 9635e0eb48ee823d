import type { Transaction } from "./database.ts";
import type { DocumentModel, DocumentVersionModel, RevisionModel } from "./gen/models.ts";

export type DocumentKindName = "sampling" | "export" | "pipeline";

/** A revision names one version of one document of each kind, in these columns. */
export const REVISION_COLUMNS = {
  sampling: { id: "policyId", version: "policyVersion" },
  export: { id: "destinationId", version: "destinationVersion" },
  pipeline: { id: "pipelineId", version: "pipelineVersion" },
} as const satisfies Record<DocumentKindName, { id: string; version: string }>;
export const DOCUMENT_KINDS = Object.keys(REVISION_COLUMNS) as DocumentKindName[];

export type Document = { id: string; kind: DocumentKindName; name: string; currentVersion: number; createdAtMs: number; archivedAtMs: number | null };
export type DocumentVersion = {
  documentId: string;
  number: number;
  body: unknown;
  secrets: Record<string, string>;
  authorName: string;
  message: string | null;
  createdAtMs: number;
};
export type Revision = {
  number: number;
  groupId: string;
  /** Of an override: the one collector that it is for. */
  collectorId: string | null;
  hash: string;
  policyId: string;
  policyVersion: number;
  destinationId: string;
  destinationVersion: number;
  pipelineId: string;
  pipelineVersion: number;
  authorName: string;
  /** Who said yes to it, where that was needed. */
  approverName: string | null;
  message: string | null;
  createdAtMs: number;
  /** The rollout that brought it. `isStaged`: not to all of the group, and its group's newest it is not as long. */
  rollout: number | null;
  isStaged: boolean;
};

function toDocument(row: DocumentModel, kind: DocumentKindName): Document {
  return {
    id: row.id,
    kind,
    name: row.name,
    currentVersion: row.currentVersion,
    createdAtMs: row.createdAt.getTime(),
    archivedAtMs: row.archivedAt?.getTime() ?? null,
  };
}

export function toDocumentVersion(row: DocumentVersionModel): DocumentVersion {
  const { documentId, number, body, authorName, message } = row;
  return { documentId, number, body, secrets: toTexts(row.secrets), authorName, message, createdAtMs: row.createdAt.getTime() };
}

export function toRevision(row: RevisionModel): Revision {
  const { createdAt, ...rest } = row;
  return { ...rest, createdAtMs: createdAt.getTime() };
}

/** Which version of a document a revision runs; null when it runs none of it. */
export function versionIn(revision: Revision | null, documentId: string): number | null {
  const kind = revision && DOCUMENT_KINDS.find((one) => revision[REVISION_COLUMNS[one].id] === documentId);
  return revision && kind ? revision[REVISION_COLUMNS[kind].version] : null;
}

/** A JSON column that holds texts by name. */
export function toTexts(json: unknown): Record<string, string> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  return Object.fromEntries(Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

export async function findVersion(tx: Transaction, documentId: string, number: number): Promise<DocumentVersion | null> {
  const row = await tx.documentVersion.findUnique({ where: { documentId_number: { documentId, number } } });
  return row && toDocumentVersion(row);
}

export async function findDocument(tx: Transaction, kind: DocumentKindName, id: string): Promise<Document | null> {
  const row = await tx.document.findFirst({ where: { id, kind } });
  return row && toDocument(row, kind);
}
