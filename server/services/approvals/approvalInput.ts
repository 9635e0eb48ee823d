import { z } from "zod";
import { GROUP_APPROVALS } from "#domain/approval/changeRequest.ts";
import { previewSchema } from "../apply/applyInput.ts";
import { revertSchema } from "../apply/revertGroup.ts";
import { setOverrideSchema } from "../collectors/overrideInput.ts";
import { idSchema, messageSchema } from "../documents/documentInput.ts";
import { startRolloutSchema } from "../rollouts/rolloutInput.ts";

const applySchema = previewSchema.extend({ message: messageSchema });
const askRevertSchema = revertSchema.extend({ kind: z.literal("revert"), message: messageSchema });
const askOverrideSchema = setOverrideSchema.extend({ kind: z.literal("override") });
const askRolloutSchema = startRolloutSchema.omit({ kind: true, override: true }).extend({ kind: z.literal("rollout"), of: previewSchema.shape.kind });
/** What is to be done: what `startApply` does to one group, `revertGroup`, `setOverride`, or `startRollout` with the kind of document as `of`. */
export const askSchema = z.discriminatedUnion(
  "kind",
  [applySchema, askRevertSchema, askOverrideSchema, askRolloutSchema],
  "must be policy, destination, pipeline, revert, override or rollout",
);
export const rejectSchema = z.strictObject({
  id: idSchema,
  reason: z.string("must be a text").trim().min(1, "say why, for whoever asked").max(500, "must have at most 500 characters"),
});
export const listRequestsSchema = z.strictObject({ closed: z.boolean("must be true or false").default(false) }).default({ closed: false });
/** Either what holds everywhere, or one group's own word. */
export const setApprovalSchema = z.union(
  [
    z.strictObject({ everywhere: z.boolean("must be true or false") }),
    z.strictObject({ groupId: idSchema, approval: z.enum(GROUP_APPROVALS, `must be one of ${GROUP_APPROVALS.join(", ")}`) }),
  ],
  "must have everywhere, or groupId and approval",
);

export type AskInput = z.input<typeof askSchema>;
export type RejectInput = z.input<typeof rejectSchema>;
export type ListRequestsInput = z.input<typeof listRequestsSchema>;
export type SetApprovalInput = z.input<typeof setApprovalSchema>;
/** As they are kept in a request. */
export const revertChangeSchema = z.strictObject({ revision: revertSchema.shape.revision });
export const overrideChangeSchema = z.strictObject({ wish: setOverrideSchema, onTopOf: revertSchema.shape.revision });
export const rolloutChangeSchema = startRolloutSchema.omit({ groupId: true, message: true, override: true });
export const documentChangeSchema = z.strictObject({ kind: previewSchema.shape.kind, id: idSchema, version: previewSchema.shape.version });
