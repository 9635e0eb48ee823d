import { type CarryOver, carryOverSchema } from "#domain/fleet/carryOver.ts";

/** The JSON column of a configuration report; null when the report said nothing of waiting traces. */
export function parseCarryOver(json: unknown): CarryOver | null {
  const parsed = carryOverSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}
