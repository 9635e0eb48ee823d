import { z } from "zod";
import { EVENT_KINDS } from "#domain/notify/events.ts";
import { idSchema } from "../documents/documentInput.ts";

const name = z.string("must be a text").trim().min(1, "must not be empty").max(64, "must have at most 64 characters");
const url = z
  .string("must be an address")
  .max(1_000, "must have at most 1000 characters")
  .refine((text) => URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol), "must be an http or https address")
  .refine(
    (text) => !URL.canParse(text) || (new URL(text).username === "" && new URL(text).password === ""),
    "must not hold a user or password: the signature says who sends",
  );
const events = z
  .array(z.enum(EVENT_KINDS, "is no kind of event"))
  .min(1, "must have at least one kind of event")
  .transform((kinds) => EVENT_KINDS.filter((kind) => kind !== "test" && kinds.includes(kind)))
  .refine((kinds) => kinds.length > 0, "must have a kind of event other than test");

export const createWebhookSchema = z.strictObject({ name, url, events });
export const updateWebhookSchema = createWebhookSchema.extend({ id: idSchema, state: z.enum(["active", "paused"], "must be active or paused") });
export const listDeliveriesSchema = z.strictObject({
  endpointId: idSchema.optional(),
  state: z.enum(["pending", "delivered", "failed"]).optional(),
  before: idSchema.optional(),
});
export type CreateWebhookInput = z.input<typeof createWebhookSchema>;
export type UpdateWebhookInput = z.input<typeof updateWebhookSchema>;
export type ListDeliveriesInput = z.input<typeof listDeliveriesSchema>;
