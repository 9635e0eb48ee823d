import { z } from "zod";
import { previewSchema, startApplySchema } from "../../services/apply/applyInput.ts";
import { applyStatus } from "../../services/apply/applyStatus.ts";
import { currentRevision } from "../../services/apply/currentRevision.ts";
import { listRevisions } from "../../services/apply/listRevisions.ts";
import { previewApply } from "../../services/apply/previewApply.ts";
import { startApply } from "../../services/apply/startApply.ts";
import { idSchema } from "../../services/documents/documentInput.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { fromNumberCursor, pageByNumber, pageOf, pageQuery } from "../page.ts";
import { applyPreview, applyStarted, currentRevisionAnswer, revisionAnswer, revisionItem, revisionParams } from "../schemas/revisionSchemas.ts";

const tag = "Applying";

export const revisionRoutes: ApiRoute[] = [
  route({
    method: "POST",
    path: "/apply/preview",
    id: "previewApply",
    tag,
    summary: "Say what applying a version would change",
    description: "Changes nothing.",
    operation: "look",
    body: previewSchema,
    answer: applyPreview,
    problems: [404, 409],
    handle: async ({ ctx, body }) => ({ body: await previewApply({ ctx, input: body }) }),
  }),
  route({
    method: "POST",
    path: "/apply",
    id: "startApply",
    tag,
    summary: "Apply a version to collectors",
    description:
      "To the groups named, or to the default one, which is all collectors as long as there is no other. Makes a new revision for each. Collectors are given it at once, and those that are away when they come back; `Location` says how far each has come.",
    operation: "apply",
    body: startApplySchema,
    status: 201,
    answer: applyStarted,
    problems: [404, 409],
    async handle({ ctx, body: { message, ...rest } }) {
      const started = await startApply({ ctx, input: { ...rest, ...(message !== null && { message }) } });
      return { body: started, location: `/revisions/${started.revision}` };
    },
  }),
  route({
    method: "GET",
    path: "/revisions",
    id: "listRevisions",
    tag,
    summary: "List what was applied, newest first",
    operation: "look",
    query: z.strictObject({ ...pageQuery, groupId: idSchema.optional().describe("Only those of this group, without overrides of single collectors.") }),
    answer: pageOf(revisionItem),
    async handle({ ctx, query: { limit, cursor, groupId } }) {
      const rows = await listRevisions({ ctx, input: { groupId, before: fromNumberCursor(cursor), limit: limit + 1 } });
      const body = pageByNumber(rows, ({ revision }) => revision, limit);
      return { body, next: body.nextCursor === null ? null : { cursor: body.nextCursor } };
    },
  }),
  route({
    method: "GET",
    path: "/revisions/current",
    id: "getCurrentRevision",
    tag,
    summary: "Say what the default group runs now",
    description: "That is all collectors, as long as there is no other group.",
    operation: "look",
    answer: currentRevisionAnswer,
    handle: async ({ ctx }) => ({ body: await currentRevision({ ctx, input: undefined }) }),
  }),
  route({
    method: "GET",
    path: "/revisions/{revision}",
    id: "getRevision",
    tag,
    summary: "Say how far each collector has come with a revision",
    operation: "look",
    params: revisionParams,
    answer: revisionAnswer,
    problems: [404],
    handle: async ({ ctx, params }) => ({ body: await applyStatus({ ctx, input: params }) }),
  }),
];
