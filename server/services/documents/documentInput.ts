import { z } from "zod";

export const DOCUMENTS_MAX = 500;
export const VERSIONS_MAX = 10_000;

export const idSchema = z.string("must be an id").min(1, "must not be empty").max(64, "is not an id");
export const versionNumberSchema = z.int("must be a version number").min(1, "must be 1 or more").max(VERSIONS_MAX, "is no version number");
export const NAME_MAX = 80;
export const nameSchema = z.string("must be a text").trim().min(1, "must not be empty").max(NAME_MAX, `must have at most ${NAME_MAX} characters`);
export const messageSchema = z
  .string("must be a text")
  .trim()
  .max(500, "must have at most 500 characters")
  .optional()
  .transform((message) => message || null);

/** What a draft is about: a document's id, or `new-…` and what a new one was made from. */
export const draftKeySchema = z.string("must be a text").min(1, "must not be empty").max(100, "must have at most 100 characters");

/** The body stays unknown here: each kind of document parses its own, after the role was checked. */
export const createSchema = z.strictObject({ name: nameSchema, body: z.unknown(), message: messageSchema, draftKey: draftKeySchema.optional() });
export const saveVersionSchema = z.strictObject({ id: idSchema, baseVersion: versionNumberSchema, body: z.unknown(), message: messageSchema });
export const renameSchema = z.strictObject({ id: idSchema, name: nameSchema });
export const byIdSchema = z.strictObject({ id: idSchema });
export const byVersionSchema = z.strictObject({ id: idSchema, number: versionNumberSchema });

/** `draftKey`: the caller's draft that becomes this document, and ends with it. */
export type CreateInput<Body> = { name: string; body: Body; message?: string; draftKey?: string };
export type SaveVersionInput<Body> = { id: string; baseVersion: number; body: Body; message?: string };
/** Without `archived` the list has what is not. */
export const listSchema = z.strictObject({ archived: z.boolean("must be true or false").default(false) });
export type ListInput = z.input<typeof listSchema>;
export type RenameInput = z.input<typeof renameSchema>;
export type ByIdInput = z.input<typeof byIdSchema>;
export type ByVersionInput = z.input<typeof byVersionSchema>;
