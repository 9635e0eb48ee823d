import { z } from "zod";
import { getCollector } from "../../services/collectors/getCollector.ts";
import { listCollectors } from "../../services/collectors/listCollectors.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { pageInOrder, pageOf, pageQuery } from "../page.ts";
import { collectorAnswer, collectorItem, toCollectorItem } from "../schemas/collectorSchemas.ts";
import { documentParams } from "../schemas/documentSchemas.ts";

const tag = "Collectors";

export const collectorRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/collectors",
    id: "listCollectors",
    tag,
    summary: "List collectors, in the order of their ids",
    operation: "look",
    query: z.strictObject(pageQuery),
    answer: pageOf(collectorItem),
    async handle({ ctx, query }) {
      const { items, nextCursor } = pageInOrder(listCollectors({ ctx }), ({ id }) => id, query);
      return { body: { items: items.map(toCollectorItem), nextCursor }, next: nextCursor === null ? null : { cursor: nextCursor } };
    },
  }),
  route({
    method: "GET",
    path: "/collectors/{id}",
    id: "getCollector",
    tag,
    summary: "Get one with what it runs and what it reported",
    operation: "look",
    params: documentParams,
    answer: collectorAnswer,
    problems: [404],
    async handle({ ctx, params }) {
      const { row, ...rest } = await getCollector({ ctx, input: params });
      return { body: { ...toCollectorItem(row), ...rest } };
    },
  }),
];
