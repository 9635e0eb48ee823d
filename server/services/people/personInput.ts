import { z } from "zod";
import { GRANTED_ROLES, ROLES } from "#domain/auth/role.ts";
import { GROUPS_MAX } from "#domain/fleet/membership.ts";
import { idSchema } from "../documents/documentInput.ts";

export const roleSchema = z.enum(ROLES, "must be viewer, editor, approver or admin");
export const emailSchema = z
  .email("must be an e-mail address")
  .max(254, "must have at most 254 characters")
  .transform((email) => email.toLowerCase());

const grantedRoleSchema = z.enum(GRANTED_ROLES, "must be editor or approver; an admin is one everywhere");

/** `grants`: roles in single groups, by the group's id. */
export const inviteSchema = z.strictObject({
  role: roleSchema,
  email: emailSchema.optional(),
  grants: z
    .record(idSchema, grantedRoleSchema)
    .refine((grants) => Object.keys(grants).length <= GROUPS_MAX, `must name at most ${GROUPS_MAX} groups`)
    .default({}),
});
/** `role` null takes the grant away. */
export const setGrantSchema = z.strictObject({ id: idSchema, groupId: idSchema, role: grantedRoleSchema.nullable() });
export const setRoleSchema = z.strictObject({ id: idSchema, role: roleSchema });

export type InviteInput = z.input<typeof inviteSchema>;
export type SetRoleInput = z.input<typeof setRoleSchema>;
export type SetGrantInput = z.input<typeof setGrantSchema>;
