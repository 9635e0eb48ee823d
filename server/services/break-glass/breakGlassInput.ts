import { z } from "zod";
import { BREAK_GLASS_MINUTES_MAX } from "#domain/fleet/breakGlass.ts";
import { keepAllConditionSchema } from "#domain/fleet/keepAll.ts";
import { formatSelector, parseSelector } from "#domain/fleet/selector.ts";
import { idSchema } from "../documents/documentInput.ts";

const minutes = z
  .int("must be a whole number of minutes")
  .min(1, "must be at least 1 minute")
  .max(BREAK_GLASS_MINUTES_MAX, `must be at most ${BREAK_GLASS_MINUTES_MAX} minutes (a day)`);

const selector = z
  .string("must be a selector")
  .default("")
  .transform((text, ctx) => {
    const parsed = parseSelector(text);
    if (parsed.ok) return formatSelector(parsed.selector);
    ctx.addIssue({ code: "custom", message: parsed.problem.message });
    return z.NEVER;
  });

export const previewBreakGlassSchema = z.strictObject({ condition: keepAllConditionSchema, selector, minutes });
export const startBreakGlassSchema = previewBreakGlassSchema.extend({
  reason: z.string("must be a text").trim().min(1, "must say why").max(500, "must have at most 500 characters"),
});
export const extendBreakGlassSchema = z.strictObject({ id: idSchema, minutes });
export type PreviewBreakGlassInput = z.input<typeof previewBreakGlassSchema>;
export type StartBreakGlassInput = z.input<typeof startBreakGlassSchema>;
export type ExtendBreakGlassInput = z.input<typeof extendBreakGlassSchema>;
