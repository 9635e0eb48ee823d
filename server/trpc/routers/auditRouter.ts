import { auditChoices } from "../../services/audit/auditChoices.ts";
import { type AuditNewsInput, countNews } from "../../services/audit/countNews.ts";
import { type ByEventInput, getAuditEvent } from "../../services/audit/getAuditEvent.ts";
import { type ListAuditInput, listAudit } from "../../services/audit/listAudit.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const auditRouter = router({
  list: procedure.input(untrusted<ListAuditInput>()).query(({ ctx, input }) => listAudit({ ctx, input })),
  get: procedure.input(untrusted<ByEventInput>()).query(({ ctx, input }) => getAuditEvent({ ctx, input })),
  choices: procedure.query(({ ctx }) => auditChoices({ ctx })),
});

/** A router of its own: each new event makes this answer old, and no other. */
export const auditNewsRouter = router({
  count: procedure.input(untrusted<AuditNewsInput>()).query(({ ctx, input }) => countNews({ ctx, input })),
});
