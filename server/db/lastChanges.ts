import type { Transaction } from "./database.ts";

/** What the newest version of a document changed: the first sentence about it, and how many more there are. */
export type LastChange = { sentence: string; more: number };

/** By document. One is not there while it has one version, and when the audit does not go back so far any more. `entity` as the audit names the kind. */
export async function lastChanges(tx: Transaction, entity: string, documentIds: readonly string[]): Promise<Map<string, LastChange>> {
  const rows = await tx.$queryRaw<{ id: string; changes: unknown }[]>`
    SELECT wanted."id", event."changes" FROM unnest(${documentIds}::text[]) AS wanted("id")
    CROSS JOIN LATERAL (
      SELECT "detail" -> 'changes' AS "changes" FROM "AuditEvent"
      WHERE "entityId" = wanted."id" AND "action" = ${`${entity}.saveVersion`}
      ORDER BY "AuditEvent"."id" DESC LIMIT 1
    ) AS event`;
  return new Map(
    rows.flatMap(({ id, changes }) => {
      const sentences = Array.isArray(changes) ? changes.filter((one) => typeof one === "string") : [];
      return sentences.length > 0 ? [[id, { sentence: sentences[0], more: sentences.length - 1 }]] : [];
    }),
  );
}
