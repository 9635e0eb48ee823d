import { z } from "zod";
import type { AuditEventView } from "#domain/audit/auditEvent.ts";
import { findAuditEvents } from "../../db/auditEvents.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { eventIdSchema } from "./eventId.ts";
import { showEvent } from "./showEvent.ts";

const byEventSchema = z.strictObject({ id: eventIdSchema });
export type ByEventInput = z.input<typeof byEventSchema>;

/** One event with all that the caller may see of it, and its neighbours' numbers. */
export async function getAuditEvent({ ctx, input: untrusted }: Call<ByEventInput>): Promise<AuditEventView> {
  authorise(ctx, "readAudit");
  const { id } = parseInput(byEventSchema, untrusted);
  const [event, older] = await findAuditEvents(ctx.db, {}, { beforeId: String(BigInt(id) + 1n), max: 2 });
  if (event?.id !== id) throw new AppError("NOT_FOUND", `there is no event ${id}; events older than 400 days are let go`);
  const newer = await ctx.db.auditEvent.findFirst({ where: { id: { gt: BigInt(id) } }, orderBy: { id: "asc" }, select: { id: true } });
  return { ...showEvent(ctx, event), olderId: older?.id ?? null, newerId: newer ? String(newer.id) : null };
}
