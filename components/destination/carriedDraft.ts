import type { DestinationDraft } from "./destinationDraft.ts";

export type CarriedDraft = { draft: DestinationDraft; name: string };
let carried: CarriedDraft | null = null;

/** Hands a draft from one page to the next within this tab. Memory only, because it may hold header values. */
export function carryDraft(next: CarriedDraft): void {
  carried = next;
}

/** Stored values belong to the document they were stored with, so they have to be given anew. */
export function readCarriedDraft(): CarriedDraft | null {
  if (carried === null) return null;
  const { draft, name } = carried;
  const rows = draft.headers.rows.map((row) => ({ ...row, stored: false, value: row.value ?? "" }));
  return { draft: { ...draft, headers: { ...draft.headers, rows } }, name };
}
