import { z } from "zod";
import { createGroupSchema, updateGroupSchema } from "../../services/groups/groupInput.ts";
import type { GroupListItem } from "../../services/groups/listGroups.ts";
import { atMs, versionNumber } from "./documentSchemas.ts";

const SELECTOR = "Which collectors it has, as in Kubernetes: `env=prod, region in (eu,us), !canary`.";
const CONFIRMED = "Save a selector that matches no collector, or all of them; without it the answer is 409 with the counts.";

export const groupBody = createGroupSchema.extend({
  selector: createGroupSchema.shape.selector.describe(SELECTOR),
  confirmed: createGroupSchema.shape.confirmed.describe(CONFIRMED),
});
export const groupChange = updateGroupSchema.omit({ id: true }).extend({
  selector: updateGroupSchema.shape.selector.describe(SELECTOR),
  confirmed: updateGroupSchema.shape.confirmed.describe(CONFIRMED),
  base: updateGroupSchema.shape.base.describe("What it was when you read it: when it is not so any more, the answer is 409 and nothing is changed."),
});

export const groupAnswer = z.object({
  id: z.string(),
  name: z.string(),
  selector: z.string(),
  priority: z.int().describe("Of several groups that select a collector, the one with the highest has it, then the oldest."),
  description: z.string(),
  isDefault: z.boolean().describe("It has the collectors that no other group selects."),
  members: z.int(),
  online: z.int(),
  differing: z.int().describe("Members that run something else than the group's newest revision."),
  revision: z.int().nullable(),
  hasOwnRevision: z.boolean().describe("False as long as nothing was applied to it: it runs what the default group runs."),
  appliedAtMs: atMs.nullable(),
  appliedBy: z.string().nullable(),
  runs: z.array(z.object({ kind: z.enum(["policy", "destination", "pipeline"]), id: z.string(), name: z.string(), version: versionNumber })),
});

const KINDS = { sampling: "policy", export: "destination", pipeline: "pipeline" } as const;

export function toGroupAnswer({ documents, ...group }: GroupListItem): z.input<typeof groupAnswer> {
  return { ...group, runs: documents.map(({ kind, ...document }) => ({ kind: KINDS[kind], ...document })) };
}
