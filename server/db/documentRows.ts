import type { Transaction } from "./database.ts";
import type { DocumentModel, DocumentVersionModel, RevisionModel } from "./gen/models.ts";

export type DocumentKindName = "sampling" | "export";
export type Document = { id: string; kind: DocumentKindName; name: string; currentVersion: number; createdAtMs: number };
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
  hash: string;
  policyId: string;
  policyVersion: number;
  destinationId: string;
  destinationVersion: number;
  pipeline: unknown;
  authorName: string;
  message: string | null;
  createdAtMs: number;
};

export function toDocument(row: DocumentModel): Document {
  return {
    id: row.id,
    kind: row.kind === "sampling" ? "sampling" : "export",
    name: row.name,
    currentVersion: row.currentVersion,
    createdAtMs: row.createdAt.getTime(),
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

/** A JSON column that holds texts by name. */
export function toTexts(json: unknown): Record<string, string> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return {};
  return Object.fromEntries(Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

export async function newestRevision(tx: Transaction): Promise<Revision | null> {
  const row = await tx.revision.findFirst({ orderBy: { number: "desc" } });
  return row && toRevision(row);
}

export async function findVersion(tx: Transaction, documentId: string, number: number): Promise<DocumentVersion | null> {
  const row = await tx.documentVersion.findUnique({ where: { documentId_number: { documentId, number } } });
  return row && toDocumentVersion(row);
}

export async function findDocument(tx: Transaction, kind: DocumentKindName, id: string): Promise<Document | null> {
  const row = await tx.document.findFirst({ where: { id, kind } });
  return row && toDocument(row);
}
