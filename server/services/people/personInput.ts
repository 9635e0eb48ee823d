import { z } from "zod";
import { ROLES } from "#domain/auth/role.ts";
import { idSchema } from "../documents/documentInput.ts";

export const roleSchema = z.enum(ROLES, "must be viewer, editor or admin");
export const emailSchema = z
  .email("must be an e-mail address")
  .max(254, "must have at most 254 characters")
  .transform((email) => email.toLowerCase());

export const inviteSchema = z.strictObject({ role: roleSchema, email: emailSchema.optional() });
export const setRoleSchema = z.strictObject({ id: idSchema, role: roleSchema });

export type InviteInput = z.input<typeof inviteSchema>;
export type SetRoleInput = z.input<typeof setRoleSchema>;
