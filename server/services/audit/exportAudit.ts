import { AUDIT_CSV_HEAD, auditCsvLine } from "#domain/audit/auditCsv.ts";
import { type AuditFilter, auditFilterSchema } from "#domain/audit/auditFilter.ts";
import { audit } from "../../db/audit.ts";
import { findAuditEvents } from "../../db/auditEvents.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import type { Slots } from "../slots.ts";
import { showEvent } from "./showEvent.ts";

export const AUDIT_EXPORTS_AT_ONCE_MAX = 3;
const EVENTS_AT_A_TIME = 1_000;

/**
 * The events that match as CSV, newest first, a thousand at a time: however many there are, no more than that is held. That somebody took them is an
 * event itself. Whoever iterates ends the iteration, also half-way, or the slot stays taken.
 */
export async function* exportAudit({ ctx, input: untrusted, slots }: Call<AuditFilter> & { slots: Slots }): AsyncGenerator<string> {
  const caller = authorise(ctx, "readAudit");
  const filter = parseInput(auditFilterSchema, untrusted);
  if (!slots.take()) throw new AppError("TOO_MANY", `${slots.max} downloads of the audit are under way; try again in a minute`);
  try {
    await ctx.db.$transaction((tx) => audit(tx, { by: caller, action: "audit.export", entity: "audit", detail: { filter } }));
    let beforeId: string | undefined;
    let head = AUDIT_CSV_HEAD;
    for (;;) {
      const events = await findAuditEvents(ctx.db, filter, { beforeId, max: EVENTS_AT_A_TIME });
      yield head + events.map((event) => auditCsvLine(showEvent(ctx, event))).join("");
      if (events.length < EVENTS_AT_A_TIME) return;
      head = "";
      beforeId = events[events.length - 1].id;
    }
  } finally {
    slots.release();
  }
}
