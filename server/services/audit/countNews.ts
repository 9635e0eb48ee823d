import { z } from "zod";
import { type AuditFilter, auditFilterSchema } from "#domain/audit/auditFilter.ts";
import { countAuditEvents } from "../../db/auditEvents.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { eventIdSchema } from "./eventId.ts";

export const NEWS_COUNTED_MAX = 100;
const newsSchema = z.strictObject({ filter: auditFilterSchema.default({}), afterId: eventIdSchema });
export type AuditNewsInput = { filter?: AuditFilter; afterId: string };

/** How many events that match came after `afterId`; 100 stands for as many or more. */
export async function countNews({ ctx, input: untrusted }: Call<AuditNewsInput>): Promise<number> {
  authorise(ctx, "readAudit");
  const { filter, afterId } = parseInput(newsSchema, untrusted);
  return countAuditEvents(ctx.db, filter, afterId, NEWS_COUNTED_MAX);
}
