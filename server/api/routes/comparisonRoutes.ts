import { z } from "zod";
import { getShadow } from "../../services/compare/getShadow.ts";
import { listShadows } from "../../services/compare/listShadows.ts";
import { startShadowSchema } from "../../services/compare/shadowInput.ts";
import { startShadow } from "../../services/compare/startShadow.ts";
import { stopShadow } from "../../services/compare/stopShadow.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { comparisonAnswer, comparisonItem, comparisonStarted } from "../schemas/comparisonSchemas.ts";
import { documentParams } from "../schemas/documentSchemas.ts";

const tag = "Comparisons";

export const comparisonRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/comparisons",
    id: "listComparisons",
    tag,
    summary: "List the latest comparisons, newest first",
    operation: "look",
    answer: z.object({ items: z.array(comparisonItem) }),
    handle: async ({ ctx }) => ({ body: { items: await listShadows({ ctx }) } }),
  }),
  route({
    method: "POST",
    path: "/comparisons",
    id: "startComparison",
    tag,
    summary: "Try a policy beside the running one",
    description: "Collectors count what it would keep, on live traffic or over what they have recorded. It changes nothing of what they send.",
    operation: "tryPolicy",
    body: startShadowSchema,
    status: 201,
    answer: comparisonStarted,
    problems: [404, 409, 429],
    async handle({ ctx, body }) {
      const started = await startShadow({ ctx, input: body });
      return { body: started, location: `/comparisons/${started.id}` };
    },
  }),
  route({
    method: "GET",
    path: "/comparisons/{id}",
    id: "getComparison",
    tag,
    summary: "Say what a policy would keep, as far as it was tried",
    description: "The latest fifty are kept.",
    operation: "look",
    params: documentParams,
    answer: comparisonAnswer,
    problems: [404],
    handle: async ({ ctx, params }) => ({ body: await getShadow({ ctx, input: params }) }),
  }),
  route({
    method: "POST",
    path: "/comparisons/{id}/stop",
    id: "stopComparison",
    tag,
    summary: "Stop trying it",
    description: "What was counted is kept.",
    operation: "tryPolicy",
    params: documentParams,
    answer: comparisonStarted,
    problems: [404, 409],
    handle: async ({ ctx, params }) => ({ body: await stopShadow({ ctx, input: params }) }),
  }),
];
