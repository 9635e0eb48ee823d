import type { Revision } from "../../db/documentRows.ts";

/** Which version of a document the newest revision runs; null when it runs none. */
export function runningVersionOf(revision: Revision | null, documentId: string): number | null {
  if (revision?.policyId === documentId) return revision.policyVersion;
  if (revision?.destinationId === documentId) return revision.destinationVersion;
  return null;
}
