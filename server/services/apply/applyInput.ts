import { z } from "zod";
import { DEFAULT_GROUP_ID, GROUPS_MAX } from "#domain/fleet/membership.ts";
import { idSchema, messageSchema, versionNumberSchema } from "../documents/documentInput.ts";

const kind = z.enum(["policy", "destination", "pipeline"], "must be policy, destination or pipeline");

/** Without a group it is about the default one, which is all collectors as long as there is no other. */
const groupIdSchema = idSchema.default(DEFAULT_GROUP_ID);
const groupIdsSchema = z
  .array(idSchema, "must be a list of groups' ids")
  .min(1, "must name at least one group")
  .max(GROUPS_MAX, `must name at most ${GROUPS_MAX} groups`)
  .refine((ids) => new Set(ids).size === ids.length, "must name each group once")
  .default([DEFAULT_GROUP_ID]);

export const previewSchema = z.strictObject({ kind, id: idSchema, version: versionNumberSchema, groupId: groupIdSchema });
export const startApplySchema = z.strictObject({ kind, id: idSchema, version: versionNumberSchema, message: messageSchema, groupIds: groupIdsSchema });
export const byGroupSchema = z.strictObject({ groupId: groupIdSchema }).default({ groupId: DEFAULT_GROUP_ID });
/** One more than a page of the API, so that whoever pages sees whether there is another. */
const REVISIONS_LISTED_MAX = 201;
/** `before`: only revisions with a lower number. */
export const listRevisionsSchema = z
  .strictObject({ groupId: idSchema.optional(), before: z.int().min(1).optional(), limit: z.int().min(1).max(REVISIONS_LISTED_MAX).default(50) })
  .prefault({});
export const byRevisionSchema = z.strictObject({ revision: z.int("must be a revision number").min(1, "must be 1 or more") });

export type PreviewInput = z.input<typeof previewSchema>;
export type StartApplyInput = z.input<typeof startApplySchema>;
export type ByGroupInput = z.input<typeof byGroupSchema>;
export type ListRevisionsInput = z.input<typeof listRevisionsSchema>;
export type ByRevisionInput = z.input<typeof byRevisionSchema>;
