import { z } from "zod";
import { AppError } from "../../errors/appError.ts";
import { currentRevision } from "../../services/apply/currentRevision.ts";
import type { ServiceContext } from "../../services/context.ts";
import { archiveGroup } from "../../services/groups/archiveGroup.ts";
import { createGroup } from "../../services/groups/createGroup.ts";
import { type GroupListItem, listGroups } from "../../services/groups/listGroups.ts";
import { restoreGroup } from "../../services/groups/restoreGroup.ts";
import { updateGroup } from "../../services/groups/updateGroup.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { pageInOrder, pageOf, pageQuery } from "../page.ts";
import { documentParams } from "../schemas/documentSchemas.ts";
import { groupAnswer, groupBody, groupChange, toGroupAnswer } from "../schemas/groupSchemas.ts";
import { currentRevisionAnswer } from "../schemas/revisionSchemas.ts";

const tag = "Groups";
const idAnswer = z.object({ id: z.string() });
const flag = z.enum(["true", "false"], "must be true or false").default("false");

export const groupRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/groups",
    id: "listGroups",
    tag,
    summary: "List groups of collectors, in the order of their names",
    operation: "look",
    query: z.strictObject({ ...pageQuery, archived: flag.describe("`true` lists the archived ones alone.") }),
    answer: pageOf(groupAnswer),
    async handle({ ctx, query }) {
      const { items, nextCursor } = pageInOrder(await listGroups({ ctx, input: { archived: query.archived === "true" } }), ({ name }) => name, query);
      return { body: { items: items.map(toGroupAnswer), nextCursor }, next: nextCursor === null ? null : { cursor: nextCursor } };
    },
  }),
  route({
    method: "POST",
    path: "/groups",
    id: "createGroup",
    tag,
    summary: "Create a group",
    description: "Until something is applied to it, its collectors run what the default group runs.",
    operation: "editFleet",
    body: groupBody,
    status: 201,
    answer: idAnswer,
    problems: [409],
    async handle({ ctx, body }) {
      const made = await createGroup({ ctx, input: body });
      return { body: made, location: `/groups/${made.id}` };
    },
  }),
  route({
    method: "GET",
    path: "/groups/{id}",
    id: "getGroup",
    tag,
    summary: "Get one, archived or not",
    operation: "look",
    params: documentParams,
    answer: groupAnswer,
    problems: [404],
    handle: async ({ ctx, params }) => ({ body: toGroupAnswer(await find(ctx, params.id)) }),
  }),
  route({
    method: "PUT",
    path: "/groups/{id}",
    id: "updateGroup",
    tag,
    summary: "Change its name, selector, priority and description",
    description: "Collectors that it gains or loses are sent what they shall run from then on.",
    operation: "editFleet",
    params: documentParams,
    body: groupChange,
    answer: idAnswer,
    problems: [404, 409],
    handle: async ({ ctx, params, body }) => ({ body: await updateGroup({ ctx, input: { ...params, ...body } }) }),
  }),
  route({
    method: "POST",
    path: "/groups/{id}/archive",
    id: "archiveGroup",
    tag,
    summary: "Archive it",
    description: "Its collectors go to the next group that selects them, at last to the default one, which can't be archived.",
    operation: "editFleet",
    params: documentParams,
    answer: idAnswer,
    problems: [404, 409],
    handle: async ({ ctx, params }) => ({ body: await archiveGroup({ ctx, input: params }) }),
  }),
  route({
    method: "POST",
    path: "/groups/{id}/restore",
    id: "restoreGroup",
    tag,
    summary: "Restore an archived one",
    operation: "editFleet",
    params: documentParams,
    answer: idAnswer,
    problems: [404, 409],
    handle: async ({ ctx, params }) => ({ body: await restoreGroup({ ctx, input: params }) }),
  }),
  route({
    method: "GET",
    path: "/groups/{id}/revision",
    id: "getGroupRevision",
    tag,
    summary: "Say what it runs now",
    operation: "look",
    params: documentParams,
    answer: currentRevisionAnswer,
    problems: [404, 409],
    handle: async ({ ctx, params }) => ({ body: await currentRevision({ ctx, input: { groupId: params.id } }) }),
  }),
];

async function find(ctx: ServiceContext, id: string): Promise<GroupListItem> {
  for (const archived of [false, true]) {
    const found = (await listGroups({ ctx, input: { archived } })).find((group) => group.id === id);
    if (found) return found;
  }
  throw new AppError("NOT_FOUND", `there is no group with the id ${id}`);
}
