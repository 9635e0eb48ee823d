import { z } from "zod";
import { endBreakGlass } from "../../services/break-glass/endBreakGlass.ts";
import { extendBreakGlass } from "../../services/break-glass/extendBreakGlass.ts";
import { listBreakGlass } from "../../services/break-glass/listBreakGlass.ts";
import { startBreakGlass } from "../../services/break-glass/startBreakGlass.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { breakGlassAnswer, breakGlassBody, breakGlassEnd, breakGlassExtension, breakGlassQuery } from "../schemas/breakGlassSchemas.ts";
import { documentParams } from "../schemas/documentSchemas.ts";

const tag = "Break glass";

export const breakGlassRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/break-glass",
    id: "listBreakGlass",
    tag,
    summary: "List what is kept in full for a while",
    operation: "look",
    query: breakGlassQuery,
    answer: z.object({ live: z.array(breakGlassAnswer), past: z.array(breakGlassAnswer) }),
    async handle({ ctx, query }) {
      const { live, past } = await listBreakGlass({ ctx, input: { past: query.past === "true" } });
      return { body: { live, past } };
    },
  }),
  route({
    method: "POST",
    path: "/break-glass",
    id: "startBreakGlass",
    tag,
    summary: "Keep everything that matches for a while",
    description:
      "Whatever the policies say, until its time is over. Neither approval nor a freeze stops it; it is audited, and shown on every page while it lasts.",
    operation: "breakGlass",
    body: breakGlassBody,
    status: 201,
    answer: breakGlassEnd,
    problems: [429],
    handle: async ({ ctx, body }) => ({ body: await startBreakGlass({ ctx, input: body }), location: "/break-glass" }),
  }),
  route({
    method: "POST",
    path: "/break-glass/{id}/extend",
    id: "extendBreakGlass",
    tag,
    summary: "Have it last longer",
    description: "At most a day from now.",
    operation: "breakGlass",
    params: documentParams,
    body: breakGlassExtension,
    answer: breakGlassEnd,
    problems: [404, 409],
    handle: async ({ ctx, params, body }) => ({ body: await extendBreakGlass({ ctx, input: { ...params, ...body } }) }),
  }),
  route({
    method: "POST",
    path: "/break-glass/{id}/end",
    id: "endBreakGlass",
    tag,
    summary: "End it now",
    operation: "breakGlass",
    params: documentParams,
    answer: z.object({ id: z.string() }),
    problems: [404, 409],
    handle: async ({ ctx, params }) => ({ body: await endBreakGlass({ ctx, input: params }) }),
  }),
];
