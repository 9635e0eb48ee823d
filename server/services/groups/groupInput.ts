import { z } from "zod";
import { formatSelector, parseSelector } from "#domain/fleet/selector.ts";
import { idSchema, nameSchema } from "../documents/documentInput.ts";

/** Archived groups stay, because revisions name them; there may be so many together with those that are in use. */
export const GROUPS_EVER_MAX = 1_000;
export const PRIORITY_MAX = 10_000;

/** Taken in as people write it, kept in its one way of writing. */
const selectorSchema = z.string("must be a text").transform((text, issues) => {
  const parsed = parseSelector(text);
  if (parsed.ok) return formatSelector(parsed.selector);
  issues.addIssue({ code: "custom", message: `at character ${parsed.problem.position + 1}: ${parsed.problem.message}` });
  return z.NEVER;
});
export const prioritySchema = z
  .int("must be a whole number")
  .min(-PRIORITY_MAX, `must be ${-PRIORITY_MAX} or more`)
  .max(PRIORITY_MAX, `must be ${PRIORITY_MAX} or less`);
const descriptionSchema = z.string("must be a text").trim().max(500, "must have at most 500 characters");
const fields = { name: nameSchema, selector: selectorSchema, priority: prioritySchema.default(0), description: descriptionSchema.default("") };
/** Whoever asks knows that the selector matches no collector, or all of them. */
const confirmed = z.boolean("must be true or false").default(false);

export const createGroupSchema = z.strictObject({ ...fields, confirmed });
export const updateGroupSchema = z.strictObject({
  id: idSchema,
  ...fields,
  confirmed,
  /** What the caller saw: when it is not so any more, nothing is changed. */
  base: z.strictObject({ name: z.string(), selector: z.string(), priority: z.int(), description: z.string() }).optional(),
});
export type CreateGroupInput = z.input<typeof createGroupSchema>;
export type UpdateGroupInput = z.input<typeof updateGroupSchema>;
