import type { z } from "zod";
import { abortRollout } from "../../services/rollouts/abortRollout.ts";
import { approveRollout } from "../../services/rollouts/approveRollout.ts";
import { getRollout } from "../../services/rollouts/getRollout.ts";
import { listRollouts } from "../../services/rollouts/listRollouts.ts";
import { pauseRollout } from "../../services/rollouts/pauseRollout.ts";
import { previewRollout } from "../../services/rollouts/previewRollout.ts";
import { promoteRollout } from "../../services/rollouts/promoteRollout.ts";
import { resumeRollout } from "../../services/rollouts/resumeRollout.ts";
import { rolloutCollectorPage } from "../../services/rollouts/rolloutCollectorPage.ts";
import { previewRolloutSchema, startRolloutSchema } from "../../services/rollouts/rolloutInput.ts";
import { startRollout } from "../../services/rollouts/startRollout.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { fromNumberCursor, toCursor } from "../page.ts";
import {
  rolloutAnswer,
  rolloutCollectors,
  rolloutCollectorsQuery,
  rolloutNumber,
  rolloutPage,
  rolloutParams,
  rolloutPreview,
  rolloutReasonBody,
  rolloutsQuery,
} from "../schemas/rolloutSchemas.ts";

const tag = "Rollouts";

export const rolloutRoutes: ApiRoute[] = [
  route({
    method: "GET",
    path: "/rollouts",
    id: "listRollouts",
    tag,
    summary: "List rollouts, newest first",
    description: "Pages are of those that have ended.",
    operation: "look",
    query: rolloutsQuery,
    answer: rolloutPage,
    async handle({ ctx, query: { limit, cursor, groupId, outcome } }) {
      const before = fromNumberCursor(cursor);
      const { live, ended, more } = await listRollouts({ ctx, input: { groupId, outcome, before, limit } });
      const nextCursor = more ? toCursor(String(ended[ended.length - 1].number)) : null;
      return {
        body: { live: before === undefined ? live : [], items: ended, nextCursor },
        next: nextCursor === null ? null : { cursor: nextCursor },
      };
    },
  }),
  route({
    method: "POST",
    path: "/rollouts/preview",
    id: "previewRollout",
    tag,
    summary: "Say what a rollout would do",
    description: "Changes nothing. What keeps it from starting stands in `problems`.",
    operation: "look",
    body: previewRolloutSchema,
    answer: rolloutPreview,
    problems: [404, 409],
    handle: async ({ ctx, body }) => ({ body: await previewRollout({ ctx, input: body }) }),
  }),
  route({
    method: "POST",
    path: "/rollouts",
    id: "startRollout",
    tag,
    summary: "Bring a version to a group stage by stage",
    description:
      "It goes back by itself when something is worse. Sent twice, the second is refused with the number of the first, since as long as a rollout lasts nothing else changes the same collectors. Refused where the group's changes need approval: one is asked for on its page. `override` is an admin's reason to start although changes are stopped or frozen.",
    operation: "apply",
    body: startRolloutSchema,
    status: 201,
    answer: rolloutNumber,
    problems: [404, 409, 429],
    async handle({ ctx, body: { message, ...rest } }) {
      const started = await startRollout({ ctx, input: { ...rest, ...(message !== null && { message }) } });
      return { body: started, location: `/rollouts/${started.number}` };
    },
  }),
  route({
    method: "GET",
    path: "/rollouts/{number}",
    id: "getRollout",
    tag,
    summary: "Say how a rollout stands",
    operation: "look",
    params: rolloutParams,
    answer: rolloutAnswer,
    problems: [404],
    handle: async ({ ctx, params }) => ({ body: await getRollout({ ctx, input: params }) }),
  }),
  route({
    method: "GET",
    path: "/rollouts/{number}/collectors",
    id: "listRolloutCollectors",
    tag,
    summary: "List the collectors that a rollout is for, by name",
    description: "Of one that has ended those of that moment.",
    operation: "look",
    params: rolloutParams,
    query: rolloutCollectorsQuery,
    answer: rolloutCollectors,
    problems: [404],
    async handle({ ctx, params, query: { limit, cursor, ...filters } }) {
      const from = fromNumberCursor(cursor) ?? 0;
      const { items, total } = await rolloutCollectorPage({ ctx, input: { ...params, ...filters, from: Math.min(from, 1_000_000), limit } });
      const nextCursor = from + items.length < total ? toCursor(String(from + items.length)) : null;
      return { body: { items, total, nextCursor }, next: nextCursor === null ? null : { cursor: nextCursor } };
    },
  }),
  steering("approve", "Open the stage that waits for a person", "steerRollouts", approveRollout),
  steering("resume", "Let one go on that is paused", "steerRollouts", resumeRollout),
  steering("promote", "End the watching of the stage early", "steerRollouts", promoteRollout),
  stopping("pause", "Open no further stage", "What is open is watched, and goes back if it has to.", pauseRollout),
  stopping("abort", "Give all changed collectors what they ran before", undefined, abortRollout),
];

type Numbered = { number: number };

function steering(
  verb: string,
  summary: string,
  operation: "steerRollouts",
  work: (call: Parameters<typeof approveRollout>[0]) => Promise<Numbered>,
): ApiRoute {
  return route({
    method: "POST",
    path: `/rollouts/{number}/${verb}`,
    id: `${verb}Rollout`,
    tag,
    summary,
    operation,
    params: rolloutParams,
    answer: rolloutNumber,
    problems: [404, 409],
    handle: async ({ ctx, params }) => ({ body: await work({ ctx, input: params }) }),
  });
}

function stopping(
  verb: string,
  summary: string,
  description: string | undefined,
  work: (call: Parameters<typeof pauseRollout>[0]) => Promise<Numbered>,
): ApiRoute {
  return route({
    method: "POST",
    path: `/rollouts/{number}/${verb}`,
    id: `${verb}Rollout`,
    tag,
    summary,
    ...(description !== undefined && { description }),
    operation: "apply",
    params: rolloutParams,
    body: rolloutReasonBody,
    answer: rolloutNumber,
    problems: [404, 409],
    handle: async ({ ctx, params, body }: { ctx: Parameters<typeof pauseRollout>[0]["ctx"]; params: Numbered; body: z.output<typeof rolloutReasonBody> }) => ({
      body: await work({ ctx, input: { ...params, ...(body.message !== null && { message: body.message }) } }),
    }),
  });
}
