import type { Transaction } from "../../db/database.ts";
import type { DocumentKindName } from "../../db/documentRows.ts";
import type { Caller } from "../authorise.ts";

/** The caller's draft has become a version: in the same transaction there is no draft any more. What a token saves was never its owner's draft. */
export async function endDraft(tx: Transaction, { id, kind: by }: Caller, kind: DocumentKindName, key: string): Promise<void> {
  if (id !== null && by !== "token") await tx.draft.deleteMany({ where: { userId: id, kind, key } });
}
