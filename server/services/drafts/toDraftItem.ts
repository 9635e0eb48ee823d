import { DOCUMENT_KINDS } from "../../db/documentRows.ts";
import type { DraftItem } from "./draftInput.ts";

type Row = { kind: string; key: string; baseVersion: number; name: string | null; updatedAt: Date };

/** Null for a kind of document that this version does not know. */
export function toDraftItem({ kind, key, baseVersion, name, updatedAt }: Row): DraftItem | null {
  const known = DOCUMENT_KINDS.find((one) => one === kind);
  return known === undefined ? null : { kind: known, key, baseVersion, name, savedAtMs: updatedAt.getTime() };
}
