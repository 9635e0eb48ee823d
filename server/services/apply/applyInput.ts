import { z } from "zod";
import { idSchema, messageSchema, versionNumberSchema } from "../documents/documentInput.ts";

const kind = z.enum(["policy", "destination", "pipeline"], "must be policy, destination or pipeline");

export const previewSchema = z.strictObject({ kind, id: idSchema, version: versionNumberSchema });
export const startApplySchema = z.strictObject({ kind, id: idSchema, version: versionNumberSchema, message: messageSchema });
export const byRevisionSchema = z.strictObject({ revision: z.int("must be a revision number").min(1, "must be 1 or more") });

export type PreviewInput = z.input<typeof previewSchema>;
export type StartApplyInput = z.input<typeof startApplySchema>;
export type ByRevisionInput = z.input<typeof byRevisionSchema>;
